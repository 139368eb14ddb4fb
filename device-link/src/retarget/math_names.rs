//! The one table of mathematics: what the host calls a function, and what OpenCL calls it. libclc defines the
//! OpenCL names for nvptx64 and amdgcn, and the SPIR-V back end knows them.

/// What a function of the host is in OpenCL.
pub(super) struct MathFunction {
    /// C's name for `double`; that for `float` has an `f` more.
    pub(super) libm: Option<&'static str>,
    /// LLVM's intrinsic, without type. None where back ends have it themselves.
    pub(super) intrinsic: Option<&'static str>,
    /// OpenCL's name, without its parameters.
    pub(super) opencl: &'static str,
    pub(super) parameters: Parameters,
}

/// The parameters of a function, in terms of its type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameters {
    One,
    Two,
    Three,
    /// One, and a 32-bit integer.
    WithInteger,
}

use Parameters::{One, Three, Two, WithInteger};

const fn both(name: &'static str, parameters: Parameters) -> MathFunction {
    MathFunction { libm: Some(name), intrinsic: Some(name), opencl: name, parameters }
}

const fn libm(name: &'static str, parameters: Parameters) -> MathFunction {
    MathFunction { libm: Some(name), intrinsic: None, opencl: name, parameters }
}

/// Source: OpenCL C 3.0, 6.15.2 "Math functions"; ISO C17, 7.12; "Standard C/C++ Library Intrinsics",
/// llvm/docs/LangRef.md (LLVM 22.1).
pub(super) const FUNCTIONS: [MathFunction; 49] = [
    both("acos", One),
    both("asin", One),
    both("atan", One),
    both("atan2", Two),
    both("cos", One),
    both("cosh", One),
    both("exp", One),
    both("exp10", One),
    both("exp2", One),
    both("log", One),
    both("log10", One),
    both("log2", One),
    both("pow", Two),
    both("sin", One),
    both("sinh", One),
    both("tan", One),
    both("tanh", One),
    both("ldexp", WithInteger),
    MathFunction { libm: None, intrinsic: Some("powi"), opencl: "pown", parameters: WithInteger },
    libm("acosh", One),
    libm("asinh", One),
    libm("atanh", One),
    libm("cbrt", One),
    libm("ceil", One),
    libm("copysign", Two),
    libm("erf", One),
    libm("erfc", One),
    libm("expm1", One),
    libm("fabs", One),
    libm("fdim", Two),
    libm("floor", One),
    libm("fma", Three),
    libm("fmax", Two),
    libm("fmin", Two),
    libm("fmod", Two),
    libm("hypot", Two),
    libm("lgamma", One),
    libm("log1p", One),
    libm("logb", One),
    libm("nextafter", Two),
    libm("remainder", Two),
    libm("rint", One),
    MathFunction { libm: Some("nearbyint"), intrinsic: None, opencl: "rint", parameters: One },
    MathFunction { libm: Some("roundeven"), intrinsic: Some("roundeven"), opencl: "rint", parameters: One },
    libm("round", One),
    MathFunction { libm: Some("scalbn"), intrinsic: None, opencl: "ldexp", parameters: WithInteger },
    libm("sqrt", One),
    libm("tgamma", One),
    libm("trunc", One),
];

/// The name in C++'s mangling, as OpenCL's functions have it: `element` is `f` or `d`, and `lanes` 1 for a scalar.
pub(super) fn mangled(opencl: &str, parameters: Parameters, element: char, lanes: u32) -> String {
    let (first, again, integer) = if lanes == 1 {
        (element.to_string(), element.to_string(), "i".to_owned())
    } else {
        // A vector is worth a substitution the second time; the integer's vector is another type.
        (format!("Dv{lanes}_{element}"), "S_".to_owned(), format!("Dv{lanes}_i"))
    };
    let rest = match parameters {
        One => String::new(),
        Two => again,
        Three => again.repeat(2),
        WithInteger => integer,
    };
    format!("_Z{}{opencl}{first}{rest}", opencl.len())
}

/// The function of OpenCL whose mangled name is `symbol`, if the table has it.
pub(super) fn opencl_function(symbol: &str) -> Option<&'static str> {
    let names = FUNCTIONS.iter().map(|known| known.opencl);
    names.into_iter().find(|name| {
        let parameters = symbol.strip_prefix(&format!("_Z{}{name}", name.len()));
        parameters.is_some_and(|rest| rest.starts_with(['f', 'd', 'D']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_opencl() {
        assert_eq!(mangled("sin", One, 'f', 1), "_Z3sinf");
        assert_eq!(opencl_function("_Z3sinf"), Some("sin"));
        assert_eq!(opencl_function("_Z3sink"), None);
        assert_eq!(mangled("fmod", Two, 'd', 1), "_Z4fmoddd");
        assert_eq!(mangled("pown", WithInteger, 'f', 1), "_Z4pownfi");
        assert_eq!(mangled("pow", Two, 'd', 2), "_Z3powDv2_dS_");
        assert_eq!(mangled("fma", Three, 'f', 4), "_Z3fmaDv4_fS_S_");
    }
}
