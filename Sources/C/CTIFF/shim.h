#pragma once
#include <tiffio.h>

// TIFFSetField is variadic; these are the forms used.
static inline int idr_tiff_set_u32(TIFF *t, uint32_t tag, uint32_t v) { return TIFFSetField(t, tag, v); }
static inline int idr_tiff_set_string(TIFF *t, uint32_t tag, const char *v) { return TIFFSetField(t, tag, v); }
static inline int idr_tiff_get_u32(TIFF *t, uint32_t tag, uint32_t *v) { return TIFFGetField(t, tag, v); }
static inline int idr_tiff_get_u16(TIFF *t, uint32_t tag, uint16_t *v) { return TIFFGetFieldDefaulted(t, tag, v); }
// The text belongs to the open file, and only until another page of it is chosen.
static inline const char *idr_tiff_get_string(TIFF *t, uint32_t tag) { const char *v = 0; return TIFFGetField(t, tag, &v) == 1 ? v : 0; }
// What a tag without a name of libtiff's holds, where that is bytes or text; it belongs to the open file as a text does.
static inline const void *idr_tiff_get_bytes(TIFF *t, uint32_t tag, uint32_t *count) {
    const TIFFField *f = TIFFFindField(t, tag, TIFF_ANY);
    const void *v = 0;
    if (!f || !TIFFFieldPassCount(f) || TIFFFieldReadCount(f) != TIFF_VARIABLE2) return 0;
    TIFFDataType type = TIFFFieldDataType(f);
    if (type != TIFF_ASCII && type != TIFF_BYTE && type != TIFF_UNDEFINED) return 0;
    return TIFFGetField(t, tag, count, &v) == 1 ? v : 0;
}
