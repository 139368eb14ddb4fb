// The back end of ThinLTO: one module and its index to one object, all in memory.
#include "thin_lto.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/LTO/LTO.h"
#include "llvm/LTO/LTOBackend.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

using namespace llvm;

lto::Config thinConfig(const OutboardThinConfig &from, OutboardDiagnostic diagnostic, void *object) {
  lto::Config config;
  config.CPU = toStringRef(from.cpu).str();
  SmallVector<StringRef> features;
  toStringRef(from.features).split(features, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef feature : features)
    config.MAttrs.push_back(feature.str());
  // Source: createConfig, lld/ELF/LTO.cpp (LLVM 22.1).
  config.Options.UseInitArray = true;
  config.Options.EmitAddrsig = true;
  config.Options.FunctionSections = true;
  config.Options.DataSections = true;
  config.RelocModel = from.relocation == 0   ? std::optional(Reloc::Static)
                      : from.relocation == 1 ? std::optional(Reloc::PIC_)
                                             : std::nullopt;
  constexpr CodeModel::Model models[] = {CodeModel::Small, CodeModel::Kernel, CodeModel::Medium, CodeModel::Large};
  if (from.codeModel >= 0 && from.codeModel < 4)
    config.CodeModel = models[from.codeModel];
  config.OptLevel = from.level;
  config.CGOptLevel = from.level > 2 ? CodeGenOptLevel::Aggressive : CodeGenOptLevel::Default;
  config.PTO.LoopVectorization = from.level > 1;
  config.PTO.SLPVectorization = from.level > 1;
  config.CGFileType = from.assembly ? CodeGenFileType::AssemblyFile : CodeGenFileType::ObjectFile;
  config.DiagHandler = [=](const DiagnosticInfo &info) {
    std::string text;
    raw_string_ostream stream(text);
    DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    int severity = info.getSeverity() == DS_Error ? 0 : info.getSeverity() == DS_Warning ? 1 : 2;
    diagnostic(object, severity, text.data(), text.size());
  };
  return config;
}

static MemoryBufferRef buffer(const OutboardNamed &file) {
  return MemoryBufferRef(toStringRef(file.bytes), toStringRef(file.name));
}

/// The modules by name, the one that has the summary where a file has several.
static Expected<MapVector<StringRef, BitcodeModule>> moduleMap(ArrayRef<OutboardNamed> files) {
  MapVector<StringRef, BitcodeModule> map;
  for (const OutboardNamed &file : files) {
    Expected<BitcodeModule> module = lto::findThinLTOModule(buffer(file));
    if (!module)
      return module.takeError();
    map.insert({toStringRef(file.name), *module});
  }
  return map;
}

/// Whether what `index` says of the modules is of other versions of them, or of others: `error` gets the text then.
static Error checkIndex(MapVector<StringRef, BitcodeModule> &modules, const ModuleSummaryIndex &index) {
  if (StringRef name = modules.begin()->first; !index.modulePaths().contains(name))
    return createStringError("the index is not for `" + name + "`");
  for (const auto &entry : index.modulePaths()) {
    auto found = modules.find(entry.first());
    if (found == modules.end())
      return createStringError("the index names `" + entry.first() + "`, which is not among the modules");
    Expected<std::unique_ptr<ModuleSummaryIndex>> summary = found->second.getSummary();
    if (!summary)
      return summary.takeError();
    for (const auto &own : (*summary)->modulePaths())
      if (own.second != entry.second)
        return createStringError("`" + entry.first() + "` has changed since the index was made");
  }
  return Error::success();
}

/// What compiling `files[0]` gives, with the others to import from.
static Error compile(ArrayRef<OutboardNamed> files, OutboardStr index, const lto::Config &conf,
                     SmallVectorImpl<char> &code) {
  Expected<MapVector<StringRef, BitcodeModule>> modules = moduleMap(files);
  if (!modules)
    return modules.takeError();
  Expected<std::unique_ptr<ModuleSummaryIndex>> combined =
      getModuleSummaryIndex(MemoryBufferRef(toStringRef(index), "index"));
  if (!combined)
    return combined.takeError();
  if (Error error = checkIndex(*modules, **combined))
    return error;
  lto::LTOLLVMContext context(conf);
  Expected<std::unique_ptr<Module>> module = modules->begin()->second.parseModule(context);
  if (!module)
    return module.takeError();
  FunctionImporter::ImportIDTable ids;
  FunctionImporter::ImportMapTy imports(ids);
  if (!lto::initImportList(**module, **combined, imports))
    return createStringError("the index is no slice for a module");
  DenseMap<StringRef, GVSummaryMapTy> defined;
  (*combined)->collectDefinedGVSummariesPerModule(defined);
  auto stream = [&](size_t, const Twine &) {
    return std::make_unique<CachedFileStream>(std::make_unique<raw_svector_ostream>(code));
  };
  return lto::thinBackend(conf, /*Task=*/0, stream, **module, **combined, imports,
                          defined[(*module)->getModuleIdentifier()], &*modules, conf.CodeGenOnly);
}

/// Compiles `files[0]` with its index; the others are what it may import from. `sink` gets the object. Whether it
/// failed: `error` gets the text then. After a crash, what it had allocated is left behind.
extern "C" bool outboard_thin_backend(const OutboardNamed *files, size_t count, OutboardStr index,
                                      OutboardThinConfig config, OutboardSink sink, void *bytes,
                                      OutboardDiagnostic diagnostic, void *diagnostics, OutboardSink error,
                                      void *string) {
  CrashRecoveryContext::Enable();
  auto *conf = new lto::Config(thinConfig(config, diagnostic, diagnostics));
  auto *code = new SmallString<0>;
  auto *result = new std::string;
  CrashRecoveryContext guard;
  bool finished = guard.RunSafely(
      [&] { *result = toString(compile(ArrayRef(files, count), index, *conf, *code)); });
  if (!finished) {
    constexpr StringLiteral text("LLVM crashed compiling it; the file is damaged, or this is an error of LLVM's");
    error(string, text.data(), text.size());
    return true;
  }
  bool failed = !result->empty();
  if (failed)
    error(string, result->data(), result->size());
  else
    sink(bytes, code->data(), code->size());
  delete result;
  delete code;
  delete conf;
  return failed;
}
