// A wrong order of stages is a compile error anyway; these declarations make its message say what to write instead.

extension Pipeline where Stage == Selecting {
    @available(*, unavailable, message: "choose a frame before correcting: .frame(50).correct()")
    public func correct() -> Pipeline<Corrected> { adding { _ in } }

    @available(*, unavailable, message: "choose a frame before segmenting: .frame(50).correct().segment()")
    public func segment() -> Pipeline<Segmented> { adding { _ in } }

    @available(*, unavailable, message: "choose a frame and segment before profiling: .frame(50).correct().segment().profile()")
    public func profile() -> Pipeline<Profiled> { adding { _ in } }
}

extension Pipeline where Stage == Framed {
    @available(*, unavailable, message: "segment before profiling: .segment().profile()")
    public func profile() -> Pipeline<Profiled> { adding { _ in } }
}

extension Pipeline where Stage == Corrected {
    @available(*, unavailable, message: "segment before profiling: .segment().profile()")
    public func profile() -> Pipeline<Profiled> { adding { _ in } }

    @available(*, unavailable, message: "the frames are corrected already: drop one .correct()")
    public func correct() -> Pipeline<Corrected> { adding { _ in } }
}

extension Pipeline where Stage == Segmented {
    @available(*, unavailable, message: "correct before segmenting: .correct().segment()")
    public func correct() -> Pipeline<Corrected> { adding { _ in } }
}
