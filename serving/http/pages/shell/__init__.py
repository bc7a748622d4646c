"""What every page is made with: layout, menu, forms, lists, the reader."""
