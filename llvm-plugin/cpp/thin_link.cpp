// The thin link: what modules define and need, and of their summaries an index for each of them.
#include "thin_lto.h"

#include "llvm/Analysis/ModuleSummaryAnalysis.h"
#include "llvm/Analysis/ProfileSummaryInfo.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/LTO/LTO.h"
#include "llvm/LTO/LTOBackend.h"
#include "llvm/Object/IRSymtab.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/IPO/FunctionImport.h"
#include <memory>
#include <set>
#include <string>

using namespace llvm;

extern "C" {

/// A module of a thin link. Of each symbol, in the order of `outboard_thin_symbols`, the bits of what became of it:
/// 1 its definition is the one, 2 the definition is final in this link, 4 others than bitcode see it, 8 it is
/// exported to other links.
struct OutboardThinInput {
  OutboardNamed file;
  const uint8_t *resolutions;
  size_t count;
};

/// Takes what the thin link says of a module: its name, its index, and the names of those it imports from.
typedef void (*OutboardSlice)(void *object, OutboardStr module, OutboardStr index, const OutboardStr *imports,
                              size_t count);
/// Takes the object of what is no ThinLTO: modules that were split, for checks of control flow.
typedef void (*OutboardObject)(void *object, OutboardStr bytes);
}


bool reported(Error error, OutboardSink sink, void *string) {
  if (!error)
    return false;
  std::string text = toString(std::move(error));
  sink(string, text.data(), text.size());
  return true;
}

namespace {
/// Instead of compiling a module, hands over what compiling it takes.
class Slices final : public lto::ThinBackendProc {
  OutboardSlice slice;
  void *object;

public:
  Slices(const lto::Config &config, ModuleSummaryIndex &index, const DenseMap<StringRef, GVSummaryMapTy> &defined,
         OutboardSlice slice, void *object)
      : ThinBackendProc(config, index, defined, nullptr, false, hardware_concurrency(1)), slice(slice),
        object(object) {}

  Error start(unsigned, BitcodeModule module, const FunctionImporter::ImportMapTy &imports,
              const FunctionImporter::ExportSetTy &, const std::map<GlobalValue::GUID, GlobalValue::LinkageTypes> &,
              MapVector<StringRef, BitcodeModule> &) override {
    StringRef name = module.getModuleIdentifier();
    ModuleToSummariesForIndexTy summaries;
    GVSummaryPtrSet declarations;
    gatherImportedSummariesForModule(name, ModuleToDefinedGVSummaries, imports, summaries, declarations);
    std::string bytes;
    raw_string_ostream stream(bytes);
    writeIndexToFile(CombinedIndex, stream, &summaries, &declarations);
    std::vector<OutboardStr> from;
    for (const auto &summary : summaries)
      if (StringRef(summary.first) != name)
        from.push_back(str(summary.first));
    slice(object, str(name), str(bytes), from.data(), from.size());
    return Error::success();
  }

  bool isSensitiveToInputOrder() override { return true; }
};

Expected<std::unique_ptr<lto::InputFile>> open(OutboardNamed file) {
  return lto::InputFile::create(MemoryBufferRef(toStringRef(file.bytes), toStringRef(file.name)));
}

lto::SymbolResolution resolution(uint8_t bits) {
  lto::SymbolResolution result;
  result.Prevailing = bits & 1;
  result.FinalDefinitionInLinkageUnit = (bits >> 1) & 1;
  result.VisibleToRegularObj = (bits >> 2) & 1;
  result.ExportDynamic = (bits >> 3) & 1;
  return result;
}
} // namespace

/// Reads what a thin link will read of the module. Whether it has a summary for ThinLTO.
static Expected<bool> readSummary(OutboardNamed file) {
  Expected<BitcodeModule> module =
      lto::findThinLTOModule(MemoryBufferRef(toStringRef(file.bytes), toStringRef(file.name)));
  if (!module) {
    consumeError(module.takeError());
    return false;
  }
  Expected<std::unique_ptr<ModuleSummaryIndex>> summary = module->getSummary();
  return summary ? Expected<bool>(true) : summary.takeError();
}

/// The symbols of a module as a linker sees them, its triple, and whether it has a summary for ThinLTO. Whether it
/// failed: `error` gets the text then. After a crash, what it had allocated is left behind.
extern "C" bool outboard_thin_symbols(OutboardNamed file, OutboardSymbolSink sink, void *object, OutboardSink triple,
                                      void *tripleString, bool *thin, OutboardSink error, void *string) {
  CrashRecoveryContext::Enable();
  auto *input = new std::unique_ptr<lto::InputFile>;
  auto *text = new std::string;
  CrashRecoveryContext guard;
  bool finished = guard.RunSafely([&] {
    Expected<bool> summary = readSummary(file);
    Expected<std::unique_ptr<lto::InputFile>> opened = open(file);
    if (opened)
      *input = std::move(*opened);
    if (summary)
      *thin = *summary;
    *text = toString(joinErrors(summary.takeError(), opened.takeError()));
  });
  if (!finished)
    *text = "LLVM crashed reading it; the file is damaged";
  if (bool failed = !text->empty()) {
    error(string, text->data(), text->size());
    return failed;
  }
  for (const lto::InputFile::Symbol &symbol : (*input)->symbols()) {
    int comdat = symbol.getComdatIndex();
    unsigned flags = symbol.isUndefined() | symbol.isWeak() << 1 | symbol.isCommon() << 2 |
                     symbol.canBeOmittedFromSymbolTable() << 3 | (comdat >= 0) << 4;
    unsigned visibility = symbol.getVisibility() == GlobalValue::HiddenVisibility      ? 1
                          : symbol.getVisibility() == GlobalValue::ProtectedVisibility ? 2
                                                                                       : 0;
    uint64_t size = symbol.isCommon() ? symbol.getCommonSize() : 0;
    StringRef group = comdat < 0 ? StringRef() : (*input)->getComdatTable()[comdat].first;
    sink(object, {str(symbol.getName()), str(symbol.getSectionName()), str(group), flags, visibility, size});
  }
  StringRef name = (*input)->getTargetTriple();
  triple(tripleString, name.data(), name.size());
  delete text;
  delete input;
  return false;
}

/// Functions that code generation calls without any module naming them.
extern "C" void outboard_libcalls(OutboardStr triple, OutboardSymbolSink sink, void *object) {
  for (const char *name : lto::LTO::getRuntimeLibcallSymbols(Triple(toStringRef(triple))))
    sink(object, {str(name), str(""), str(""), 1, 0, 0});
}

/// Runs the thin link. Whether it failed: `error` gets the text then.
extern "C" bool outboard_thin_link(const OutboardThinInput *inputs, size_t count, OutboardThinConfig config,
                                   OutboardSlice slice, OutboardObject regular, void *object,
                                   OutboardDiagnostic diagnostic, void *diagnostics, OutboardSink error, void *string) {
  auto backend = [=](const lto::Config &conf, ModuleSummaryIndex &index,
                     const DenseMap<StringRef, GVSummaryMapTy> &defined, AddStreamFn, FileCache) {
    return std::make_unique<Slices>(conf, index, defined, slice, object);
  };
  lto::LTO link(thinConfig(config, diagnostic, diagnostics), lto::ThinBackend(backend, hardware_concurrency(1)));
  for (const OutboardThinInput &input : ArrayRef(inputs, count)) {
    Expected<std::unique_ptr<lto::InputFile>> file = open(input.file);
    if (!file)
      return reported(file.takeError(), error, string);
    SmallVector<lto::SymbolResolution, 0> resolutions;
    for (uint8_t bits : ArrayRef(input.resolutions, input.count))
      resolutions.push_back(resolution(bits));
    if (reported(link.add(std::move(*file), resolutions), error, string))
      return true;
  }
  SmallString<0> code;
  auto stream = [&](size_t, const Twine &) {
    return std::make_unique<CachedFileStream>(std::make_unique<raw_svector_ostream>(code));
  };
  if (reported(link.run(stream), error, string))
    return true;
  if (!code.empty())
    regular(object, str(code));
  return false;
}

/// The index with modules under other names: `names` has the old and the new ones. Whether it failed.
extern "C" bool outboard_rename_modules(OutboardStr index, const OutboardNamed *names, size_t count,
                                        OutboardSink sink, void *bytes, OutboardSink error, void *string) {
  Expected<std::unique_ptr<ModuleSummaryIndex>> read =
      getModuleSummaryIndex(MemoryBufferRef(toStringRef(index), "index"));
  if (!read)
    return reported(read.takeError(), error, string);
  StringMap<ModuleHash> renamed;
  StringMap<StringRef> table;
  for (const OutboardNamed &name : ArrayRef(names, count))
    table[toStringRef(name.name)] = toStringRef(name.bytes);
  StringMap<ModuleHash> &paths = (*read)->modulePaths();
  auto rename = [&](StringRef path) { return table.contains(path) ? table[path] : path; };
  for (const auto &path : paths)
    renamed[rename(path.first())] = path.second;
  for (auto &entry : **read)
    for (const auto &summary : entry.second.getSummaryList())
      summary->setModulePath(renamed.find(rename(summary->modulePath()))->first());
  paths.swap(renamed);
  std::string written;
  raw_string_ostream stream(written);
  writeIndexToFile(**read, stream);
  sink(bytes, written.data(), written.size());
  return false;
}

/// The modules that an index names. Whether it failed.
extern "C" bool outboard_index_modules(OutboardStr index, OutboardSymbolSink sink, void *object, OutboardSink error,
                                       void *string) {
  Expected<std::unique_ptr<ModuleSummaryIndex>> read =
      getModuleSummaryIndex(MemoryBufferRef(toStringRef(index), "index"));
  if (!read)
    return reported(read.takeError(), error, string);
  std::set<StringRef> names;
  for (const auto &path : (*read)->modulePaths())
    names.insert(path.first());
  for (StringRef name : names)
    sink(object, {str(name), str(""), str(""), 0, 0, 0});
  return false;
}

/// The module with a summary, and with the hash that ThinLTO tells versions of it apart by.
extern "C" void outboard_add_summary(LLVMModuleRef module, OutboardSink sink, void *bytes) {
  Module &unwrapped = *unwrap(module);
  // What clang says in modules for full LTO would make this the summary of one.
  if (unwrapped.getModuleFlag("ThinLTO"))
    unwrapped.setModuleFlag(Module::Error, "ThinLTO", uint32_t(1));
  ProfileSummaryInfo profile(unwrapped);
  ModuleSummaryIndex index = buildModuleSummaryIndex(unwrapped, nullptr, &profile);
  std::string written;
  raw_string_ostream stream(written);
  WriteBitcodeToFile(unwrapped, stream, /*ShouldPreserveUseListOrder=*/false, &index, /*GenerateHash=*/true);
  sink(bytes, written.data(), written.size());
}
