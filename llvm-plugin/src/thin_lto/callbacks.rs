//! What C++ calls with what it found.

use super::ffi;
use super::{Collected, CollectedSeverity, ThinLinked, ThinSlice, ThinSymbol, Visibility};
use crate::ffi::Str;
use std::ffi::{c_int, c_void};
use std::sync::{Mutex, PoisonError};

pub(super) extern "C" fn push_symbol(object: *mut c_void, symbol: ffi::Symbol) {
    // SAFETY: who passes this function passes a live vector of symbols with it, and C++ passes texts that are
    // valid during the call.
    unsafe {
        (*object.cast::<Vec<ThinSymbol>>()).push(ThinSymbol {
            name: symbol.name.text(),
            section: symbol.section.text(),
            undefined: symbol.flags & 1 != 0,
            weak: symbol.flags & 2 != 0,
            common: (symbol.flags & 4 != 0).then_some(symbol.common_size),
            omittable: symbol.flags & 8 != 0,
            comdat: (symbol.flags & 16 != 0).then(|| symbol.comdat.text()),
            visibility: match symbol.visibility {
                0 => Visibility::Default,
                1 => Visibility::Hidden,
                _ => Visibility::Protected,
            },
        });
    }
}

pub(super) extern "C" fn push_slice(
    object: *mut c_void,
    module: Str,
    index: Str,
    imports: *const Str,
    count: usize,
) {
    // SAFETY: `thin_link` passes a live `ThinLinked`; the texts and the array are valid during the call.
    unsafe {
        let imports = if count == 0 { &[] } else { std::slice::from_raw_parts(imports, count) };
        (*object.cast::<ThinLinked>()).slices.push(ThinSlice {
            module: module.text(),
            index: index.bytes().to_owned(),
            imports: imports.iter().map(|import| import.text()).collect(),
        });
    }
}

pub(super) extern "C" fn take_object(object: *mut c_void, bytes: Str) {
    // SAFETY: `thin_link` passes a live `ThinLinked`, and the bytes are valid during the call.
    unsafe { (*object.cast::<ThinLinked>()).regular = Some(bytes.bytes().to_owned()) }
}

pub(super) extern "C" fn push_diagnostic(
    object: *mut c_void,
    severity: c_int,
    data: *const u8,
    length: usize,
) {
    // SAFETY: who passes this function passes a live mutex with it, and C++ passes `length` readable bytes.
    let (list, text) =
        unsafe { (&*object.cast::<Mutex<Vec<Collected>>>(), std::slice::from_raw_parts(data, length)) };
    let severity = match severity {
        0 => CollectedSeverity::Error,
        1 => CollectedSeverity::Warning,
        _ => CollectedSeverity::Remark,
    };
    let text = String::from_utf8_lossy(text).into_owned();
    list.lock().unwrap_or_else(PoisonError::into_inner).push(Collected { severity, text });
}
