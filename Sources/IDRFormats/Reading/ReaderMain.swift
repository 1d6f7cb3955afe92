import IDRFiles
import IDRHDF5

/// Where a program goes that was started anew as the reader of foreign bytes: called before its first line, by `CReader`. Never returns.
@_cdecl("idrkit_reader")
public func becomeReader() { ReaderLoop.run([HDF5Answers(), TIFFAnswers(), BloscAnswers(), ZipAnswers()]) }
