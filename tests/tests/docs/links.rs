//! Links of the documents lead somewhere, to a file and to a heading in it; and the book's contents list every page.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use tests::workspace;

use crate::documents;

/// What other documents can link to, and what this one links to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Page {
    anchors: BTreeSet<String>,
    links: Vec<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let (mut page, mut heading) = (Self::default(), None);
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.add_anchor(&heading.take().unwrap_or_default()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                _ => {}
            }
        }
        page
    }

    /// The name that mdBook gives a heading; the second of a name ends in `-1`.
    fn add_anchor(&mut self, heading: &str) {
        let kept = heading.trim().chars().filter_map(|c| match c {
            c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c.to_ascii_lowercase()),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        });
        let name: String = kept.collect();
        let names = std::iter::once(name.clone()).chain((1..).map(|number| format!("{name}-{number}")));
        let free = names.into_iter().find(|name| !self.anchors.contains(name));
        self.anchors.extend(free);
    }
}

/// The documents that people read, and what is in them.
fn pages() -> BTreeMap<PathBuf, Page> {
    let root = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned);
    let all = root.into_iter().chain(documents("docs")).chain(documents("examples"));
    let read = |name: String| {
        let text = std::fs::read_to_string(workspace().join(&name)).expect("the document is there");
        (PathBuf::from(name), Page::read(&text))
    };
    all.map(read).collect()
}

/// `docs/a/../b.md` is `docs/b.md`. Nothing above the repository is asked for.
fn resolved(from: &Path, link: &str) -> PathBuf {
    let mut path = from.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}

/// Why a link leads nowhere.
fn broken(from: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> Option<String> {
    if ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme)) {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = if file.is_empty() { from.to_owned() } else { resolved(from, file) };
    let wrong = |why: &str| Some(format!("{}: `{link}` {why}", from.display()));
    if !workspace().join(&path).exists() {
        return wrong("leads to no file");
    }
    if from.starts_with("docs") && !path.starts_with("docs") {
        return wrong("leads out of the book, which is read without the repository: name the file in `code`");
    }
    let is_there = |page: &Page| anchor.is_empty() || page.anchors.contains(anchor);
    match pages.get(&path) {
        Some(page) if !is_there(page) => wrong("leads to no heading of that page"),
        None if !anchor.is_empty() => wrong("leads into a file that is no document"),
        _ => None,
    }
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let all = pages.iter().flat_map(|(path, page)| page.links.iter().map(move |link| (path, link)));
    let wrong: Vec<_> = all.filter_map(|(path, link)| broken(path, link, &pages)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_contents_list_every_page_once() {
    let pages = pages();
    let contents = Path::new("docs/SUMMARY.md");
    let listed: Vec<_> = pages[contents].links.iter().map(|link| resolved(contents, link)).collect();
    for path in pages.keys().filter(|path| path.starts_with("docs") && *path != contents) {
        let count = listed.iter().filter(|listed| *listed == path).count();
        assert_eq!(count, 1, "docs/SUMMARY.md lists {} so many times", path.display());
    }
}

#[test]
fn the_contents_call_the_pages_of_codes_as_they_call_themselves() {
    let read = |path: &Path| std::fs::read_to_string(workspace().join(path)).expect("a page can be read");
    let contents = read(Path::new("docs/SUMMARY.md"));
    for path in pages().keys().filter(|path| path.starts_with("docs/errors")) {
        let page = read(path);
        let (title, file) = (page.lines().next().unwrap_or_default(), path.file_name().unwrap_or_default());
        let line = format!("[{}](errors/{})", title.trim_start_matches("# "), file.display());
        assert!(contents.contains(&line), "docs/SUMMARY.md has no {line}");
    }
}

#[test]
fn headings_have_names() {
    let page = Page::read("# A `b`, c!\n\n## A b c\n[x](y.md#z)\n\n```\n[no](link)\n```\n");
    assert_eq!(page.anchors, BTreeSet::from(["a-b-c".into(), "a-b-c-1".into()]));
    assert_eq!(page.links, ["y.md#z"]);
}

#[test]
fn links_that_lead_nowhere_are_found() {
    let pages = pages();
    let check = |from: &str, link: &str, expected: &str| {
        let why = broken(Path::new(from), link, &pages).unwrap_or_default();
        assert_eq!(
            why,
            if expected.is_empty() { String::new() } else { format!("{from}: `{link}` {expected}") }
        );
    };
    check("docs/crate.md", "one-build.md#by-hand", "");
    check("docs/crate.md", "https://example.org/no", "");
    check("README.md", "docs/crate.md", "");
    check("README.md", "docs/crates.md", "leads to no file");
    check("docs/crate.md", "one-build.md#by-foot", "leads to no heading of that page");
    let out = "leads out of the book, which is read without the repository: name the file in `code`";
    check("docs/crate.md", "../README.md", out);
}
