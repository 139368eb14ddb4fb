//! The `ident_t` of a launch: where it stands in the source.

use crate::cx::Cx;
use crate::global;
use crate::ir_struct::{HostStruct, Ident, kind};
use crate::plan::Location;
use abi::names;
use inkwell::values::{BasicValue, GlobalValue, PointerValue};

/// `static const ident_t ident = { 0, KMP_IDENT_KMPC, 0, strlen(source), source };`
///
/// `source` is `;file;function;line;column;;`. Launches at one place share it.
pub(crate) fn emit_ident<'ctx>(cx: &Cx<'_, 'ctx>, location: Option<&Location>) -> GlobalValue<'ctx> {
    let text = location.map_or_else(
        || names::SHORT_IDENT.to_owned(),
        |l| format!(";{};{};{};{};;", field(&l.file), field(&l.function), l.line, l.column),
    );
    let length = u32::try_from(text.len()).expect("a path is shorter than 4 GiB");
    let ident = Ident {
        reserved_1: kind::u32(cx.const_i32(0)),
        flags: kind::u32(cx.const_i32(abi::IDENT_FLAGS)),
        reserved_2: kind::u32(cx.const_i32(0)),
        source_length: kind::u32(cx.const_i32(length)),
        source: kind::Ptr(emit_string(cx, "launch.source", &text)),
    }
    .constant(cx);
    shared_in_module(cx, "launch.ident", &ident)
}

/// `;name;file;line;column;;`, which is what the runtime splits an argument's name from.
pub(crate) fn emit_name<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, location: &Location) -> PointerValue<'ctx> {
    let text = format!(";{};{};{};{};;", field(name), field(&location.file), location.line, location.column);
    emit_string(cx, "launch.name", &text)
}

/// A semicolon or a NUL would shift the runtime's fields.
fn field(text: &str) -> String {
    text.replace([';', '\0'], "_")
}

fn emit_string<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, text: &str) -> PointerValue<'ctx> {
    let value = cx.context.const_string(text.as_bytes(), true);
    shared_in_module(cx, name, &value).as_pointer_value()
}

/// A private constant with `value`; the one with the same name and value, if there is one already.
fn shared_in_module<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, value: &dyn BasicValue<'ctx>) -> GlobalValue<'ctx> {
    let same = cx.module.get_globals().find(|global| {
        global.get_name().to_bytes().starts_with(name.as_bytes())
            && global.is_constant()
            && global.get_initializer() == Some(value.as_basic_value_enum())
    });
    same.unwrap_or_else(|| global::private_constant(cx, name, value))
}
