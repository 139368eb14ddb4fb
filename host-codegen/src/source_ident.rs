//! The `ident_t` of a launch: where it stands in the source.

use crate::cx::Cx;
use crate::global;
use crate::ir_struct::{HostStruct, Ident, kind};
use crate::plan::Location;
use abi::names;
use inkwell::values::{BasicValueEnum, GlobalValue, PointerValue};

/// `static const ident_t ident = { 0, KMP_IDENT_KMPC, 0, strlen(source), source };`
///
/// `source` is `;file;function;line;column;;`. Launches at one place share it.
pub(crate) fn emit_ident<'ctx>(cx: &Cx<'_, 'ctx>, location: Option<&Location>) -> GlobalValue<'ctx> {
    let text = location.map_or_else(
        || names::SHORT_IDENT.to_owned(),
        |l| format!(";{};{};{};{};;", field(&l.file), field(&l.function), l.line, l.column),
    );
    let length = u32::try_from(text.len()).expect("a path is shorter than 4 GiB");
    let ident = || Ident {
        reserved_1: kind::u32(cx.const_i32(0)),
        flags: kind::u32(cx.const_i32(abi::IDENT_FLAGS)),
        reserved_2: kind::u32(cx.const_i32(0)),
        source_length: kind::u32(cx.const_i32(length)),
        source: kind::Ptr(emit_string(cx, "launch.source", &text)),
    };
    shared_in_module(cx, "launch.ident", &text, || ident().constant(cx).into())
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

fn emit_string<'ctx>(cx: &Cx<'_, 'ctx>, name: &'static str, text: &str) -> PointerValue<'ctx> {
    let value = || cx.context.const_string(text.as_bytes(), true).into();
    shared_in_module(cx, name, text, value).as_pointer_value()
}

/// The private constant for `text`, made the first time it is asked for.
fn shared_in_module<'ctx>(
    cx: &Cx<'_, 'ctx>,
    name: &'static str,
    text: &str,
    value: impl FnOnce() -> BasicValueEnum<'ctx>,
) -> GlobalValue<'ctx> {
    let key = (name, text.to_owned());
    if let Some(known) = cx.texts.borrow().get(&key) {
        return *known;
    }
    let global = global::private_constant(cx, name, &value());
    cx.texts.borrow_mut().insert(key, global);
    global
}
