"""Write the pages of the domain anew."""

from adapters.pages.every import written

for path, text in written().items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
