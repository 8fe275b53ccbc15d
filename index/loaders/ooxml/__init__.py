"""What the formats of Office Open XML (docx, xlsx, pptx) have in common, and presentations."""
