// What the theme's own script leaves out for people who use a keyboard or a screen reader.
const article = document.querySelector("article")

const repair = () => {
  // Each copy button comes in a <nav> without a name. Twenty nameless landmarks are hard to walk through.
  for (const nav of article.querySelectorAll(".md-code__nav")) nav.setAttribute("role", "presentation")
  // A table that is wider than the page scrolls in a box, which the keyboard must be able to reach.
  for (const box of article.querySelectorAll(".md-typeset__scrollwrap")) {
    box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1
    box.setAttribute("role", "group")
    box.setAttribute("aria-label", "Table")
  }
}

if (article) {
  repair()
  new MutationObserver(repair).observe(article, { childList: true, subtree: true })
  addEventListener("resize", repair)
}
