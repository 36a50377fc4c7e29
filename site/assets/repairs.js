// What the theme's own script leaves out for people who use a keyboard or a screen reader.
// All that may scroll sideways can be reached by keyboard; what does not scroll at this width is no stop on the way.
const article = document.querySelector("article")

const repair = () => {
  for (const box of article.querySelectorAll(".md-typeset__scrollwrap:not([role])"))
    Object.assign(box, { role: "group", ariaLabel: "Table", tabIndex: 0 })
}

if (article) {
  repair()
  new MutationObserver(repair).observe(article, { childList: true, subtree: true })
  // To measure means to lay out the whole page, so it waits for somebody who uses the Tab key. In closed details nothing has a width.
  addEventListener("keydown", ({ key }) => {
    if (key === "Tab")
      for (const box of article.querySelectorAll("pre > code, .md-typeset__scrollwrap"))
        if (box.clientWidth) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1
  }, true)
}
