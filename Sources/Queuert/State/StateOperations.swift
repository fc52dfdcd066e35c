public protocol StateOperations {}
