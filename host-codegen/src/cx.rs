//! What every emitter needs: the module, its context, and the types that occur everywhere.

use crate::Error;
use inkwell::AddressSpace;
use inkwell::context::ContextRef;
use inkwell::module::Module;
use inkwell::types::{IntType, PointerType};
use inkwell::values::{GlobalValue, IntValue, PointerValue};
use std::cell::RefCell;
use std::collections::HashMap;

pub(crate) struct Cx<'a, 'ctx> {
    pub context: ContextRef<'ctx>,
    pub module: &'a Module<'ctx>,
    pub ptr: PointerType<'ctx>,
    pub i32: IntType<'ctx>,
    pub i64: IntType<'ctx>,
    /// Private constants made from a text, by name and text: launches at one place share them.
    pub texts: RefCell<HashMap<(&'static str, String), GlobalValue<'ctx>>>,
}

impl<'a, 'ctx> Cx<'a, 'ctx> {
    pub(crate) fn new(module: &'a Module<'ctx>) -> Result<Self, Error> {
        if module.get_data_layout().as_str().to_bytes().is_empty() {
            return Err(Error::NoDataLayout { module: module.get_name().to_string_lossy().into_owned() });
        }
        module.verify().map_err(|message| Error::InvalidModule {
            module: module.get_name().to_string_lossy().into_owned(),
            problem: message.to_string().trim_end().to_owned(),
        })?;
        let context = module.get_context();
        Ok(Self {
            context,
            module,
            ptr: context.ptr_type(AddressSpace::default()),
            i32: context.i32_type(),
            i64: context.i64_type(),
            texts: RefCell::default(),
        })
    }

    pub(crate) fn const_i32(&self, value: u32) -> IntValue<'ctx> {
        self.i32.const_int(u64::from(value), false)
    }

    pub(crate) fn const_i64(&self, value: u64) -> IntValue<'ctx> {
        self.i64.const_int(value, false)
    }

    pub(crate) fn null(&self) -> PointerValue<'ctx> {
        self.ptr.const_null()
    }

    pub(crate) fn verify(&self) -> Result<(), Error> {
        self.module.verify().map_err(|message| Error::Verify(message.to_string()))
    }
}
