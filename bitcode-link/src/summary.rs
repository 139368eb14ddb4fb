//! What a module's symbols are and refer to: enough to know what a link of some of them needs, without LLVM
//! reading the module again.

use llvm_plugin::function::has_promotable_variables;
use llvm_plugin::global::{has_aliases, inline_assembly};
use llvm_plugin::inkwell::module::{Linkage, Module};
use llvm_plugin::inkwell::values::GlobalValue;
use llvm_plugin::module::{FlagBehavior, ModuleFlag, module_flags};
use llvm_plugin::references::{self, Referent};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The metadata in which clang and rustc name themselves.
const COMPILER: &str = "llvm.ident";

/// The symbols of one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The functions and variables, the internal ones too.
    pub symbols: Vec<SymbolSummary>,
    /// The data layout, empty where there is none.
    pub data_layout: String,
    /// The flags that modules linked together must agree on, with their values, by name.
    pub flags: Vec<(String, String)>,
    /// Whether there is something whose effect on other modules doesn't show in the symbols: assembly, or
    /// aliases.
    pub opaque: bool,
    /// Whether it was optimized when it was compiled.
    pub optimized: bool,
}

/// A function or a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolSummary {
    /// Its name, which an internal one may lack.
    pub name: String,
    /// Whether and how the module defines it.
    pub definition: Definition,
    /// Whether it is a function that returns nothing.
    pub returns_nothing: bool,
    /// The symbols that its body or its initializer refers to, as positions in the module's list.
    pub references: Vec<usize>,
}

/// How a module defines a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Definition {
    /// Not at all.
    Declared,
    /// For itself.
    Internal,
    /// For others, and nobody else may define it.
    Strong,
    /// For others, as everybody does who defines it: any of the definitions will do.
    Same,
    /// For others, until somebody else defines it otherwise.
    Replaceable,
}

impl Definition {
    /// Whether another module can use it.
    pub fn is_visible(self) -> bool {
        matches!(self, Self::Strong | Self::Same | Self::Replaceable)
    }
}

impl Summary {
    /// Summarizes `module`.
    pub fn of(module: &Module<'_>) -> Self {
        let functions = module.get_functions().map(Referent::Function);
        let globals: Vec<_> = functions.chain(module.get_globals().map(Referent::Variable)).collect();
        let positions: HashMap<_, _> =
            globals.iter().enumerate().map(|(position, referent)| (*referent, position)).collect();
        let position = |referent: &Referent<'_>| positions.get(referent).copied();
        let symbol = |referent: &Referent<'_>| {
            let (found, global, returns_nothing) = match *referent {
                Referent::Function(function) => {
                    let found = references::of_function(function);
                    let found = found.into_iter().map(|(referent, _)| referent).collect();
                    let returns = function.get_type().get_return_type();
                    (found, function.as_global_value(), returns.is_none())
                }
                Referent::Variable(variable) => (references::of_variable(variable), variable, false),
            };
            SymbolSummary {
                name: global.get_name().to_string_lossy().into_owned(),
                definition: definition_of(global),
                returns_nothing,
                references: found.iter().filter_map(position).collect(),
            }
        };
        let must_agree = |flag: &ModuleFlag| flag.behavior != FlagBehavior::Other;
        let flags = module_flags(module).into_iter().filter(must_agree);
        let mut flags: Vec<_> = flags.map(|flag| (flag.key, flag.value)).collect();
        flags.sort();
        Self {
            symbols: globals.iter().map(symbol).collect(),
            data_layout: module.get_data_layout().as_str().to_string_lossy().into_owned(),
            flags,
            optimized: is_optimized(module),
            opaque: !inline_assembly(module).trim().is_empty() || has_aliases(module),
        }
    }
}

/// Whether a compiler made `module`, and optimized it: their front ends leave every variable in memory. Nobody knows
/// what was done to what somebody wrote.
fn is_optimized(module: &Module<'_>) -> bool {
    module.get_global_metadata_size(COMPILER) > 0 && !has_promotable_variables(module)
}

fn definition_of(global: GlobalValue<'_>) -> Definition {
    if global.is_declaration() {
        return Definition::Declared;
    }
    match global.get_linkage() {
        Linkage::AvailableExternally => Definition::Declared,
        // LLVM's own lists are internal to a link as a whole.
        Linkage::Internal | Linkage::Private | Linkage::Appending => Definition::Internal,
        Linkage::External => Definition::Strong,
        Linkage::LinkOnceODR | Linkage::WeakODR => Definition::Same,
        _ => Definition::Replaceable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use llvm_plugin::inkwell::context::Context;
    use llvm_plugin::inkwell::memory_buffer::MemoryBuffer;

    fn summary(ir: &str) -> Summary {
        let context = Context::create();
        let buffer = MemoryBuffer::create_from_memory_range_copy(ir.as_bytes(), "test");
        Summary::of(&context.create_module_from_ir(buffer).expect("the test's IR is valid"))
    }

    #[test]
    fn symbols_with_what_they_refer_to() {
        let summary = summary(
            "@table = internal constant [1 x ptr] [ptr @leaf]\n\
             @count = weak global i32 0\n\
             declare void @outside()\n\
             define linkonce_odr void @leaf() { call void @outside() ret void }\n\
             define i32 @root() { %f = load ptr, ptr @table call void %f() ret i32 0 }\n",
        );
        let lines: Vec<_> = summary
            .symbols
            .iter()
            .map(|symbol| {
                let names = symbol.references.iter().map(|at| summary.symbols[*at].name.as_str());
                let names: Vec<_> = names.collect();
                let nothing = if symbol.returns_nothing { ", returns nothing" } else { "" };
                format!("{} {:?}{nothing} -> {}", symbol.name, symbol.definition, names.join(" "))
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        outside Declared, returns nothing -> 
        leaf Same, returns nothing -> outside
        root Strong -> table
        table Internal -> leaf
        count Replaceable -> 
        ");
        assert!(!summary.opaque);
    }

    #[test]
    fn optimized_modules() {
        let ident = "!llvm.ident = !{!0}\n!0 = !{!\"a compiler\"}\n";
        let array = "declare void @g(ptr)\ndefine void @f() { %a = alloca [4 x i32] call void @g(ptr %a) ret void }\n";
        assert!(summary(&format!("{array}{ident}")).optimized);
        assert!(!summary(array).optimized, "written by hand");
        let variable = "define i32 @f(i32 %x) { %v = alloca i32 store i32 %x, ptr %v %r = load i32, ptr %v ret i32 %r }\n";
        assert!(!summary(&format!("{variable}{ident}")).optimized);
    }

    #[test]
    fn what_symbols_do_not_show_is_opaque() {
        assert!(summary("module asm \".globl hidden\"\n").opaque);
        assert!(summary("define void @f() { ret void }\n@g = alias void (), ptr @f\n").opaque);
        assert!(summary("@v = global i32 0\n@w = alias i32, ptr @v\n").opaque);
    }
}
