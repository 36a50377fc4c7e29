// The theme wraps each copy button in a <nav> without a name. Twenty nameless landmarks make a page
// hard to walk through with a screen reader, so they become plain wrappers as they appear.
const plain = (root) => root.querySelectorAll(".md-code__nav").forEach((nav) => nav.setAttribute("role", "presentation"))

const article = document.querySelector("article")
if (article) {
  plain(article)
  new MutationObserver(() => plain(article)).observe(article, { childList: true, subtree: true })
}
