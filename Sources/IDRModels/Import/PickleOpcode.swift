/// The instructions of Python's pickle protocols 0 to 5, by the letter or number that stands for each in the file.
enum PickleOpcode: UInt8 {
    // The machine's own business.
    case proto = 0x80, frame = 0x95, stop = 0x2e
    case mark = 0x28, pop = 0x30, popMark = 0x31, dup = 0x32
    case get = 0x67, binGet = 0x68, longBinGet = 0x6a
    case put = 0x70, binPut = 0x71, longBinPut = 0x72, memoize = 0x94

    // Constants.
    case none = 0x4e, newTrue = 0x88, newFalse = 0x89
    case int = 0x49, binInt = 0x4a, binInt1 = 0x4b, binInt2 = 0x4d
    case long = 0x4c, long1 = 0x8a, long4 = 0x8b
    case float = 0x46, binFloat = 0x47
    case string = 0x53, binString = 0x54, shortBinString = 0x55
    case unicode = 0x56, binUnicode = 0x58, shortBinUnicode = 0x8c, binUnicode8 = 0x8d
    case binBytes = 0x42, shortBinBytes = 0x43, binBytes8 = 0x8e, byteArray8 = 0x96

    // Containers.
    case emptyTuple = 0x29, tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
    case emptyList = 0x5d, list = 0x6c, append = 0x61, appends = 0x65
    case emptyDict = 0x7d, dict = 0x64, setItem = 0x73, setItems = 0x75

    // Names and objects.
    case global = 0x63, stackGlobal = 0x93, instance = 0x69, object = 0x6f
    case reduce = 0x52, newObject = 0x81, build = 0x62
    case persistentID = 0x50, binPersistentID = 0x51
}
