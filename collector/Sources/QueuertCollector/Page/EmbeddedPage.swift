enum EmbeddedPage {
    static let html = ""
    static let css = ""
    static let javaScript = ""
}
