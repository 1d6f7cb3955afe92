#pragma once
#include <hdf5.h>
#include <stdlib.h>

// A read-only HDF5 file driver whose bytes come from a function of the caller. It is C because HDF5 wants a struct that begins with its own.

// Fills `buffer` with `size` bytes from `offset`; 0 on success. `isRaw`: elements of datasets, not the file's structure.
typedef int (*idr_h5_read)(void *context, int isRaw, unsigned long long offset, size_t size, void *buffer);

typedef struct idr_h5_source {
    idr_h5_read read;
    void *context;
    unsigned long long length;
} idr_h5_source;

typedef struct idr_h5_file {
    H5FD_t common;  // HDF5's own, must be first
    idr_h5_source source;
    haddr_t allocated;
} idr_h5_file;

static inline H5FD_t *idr_h5_driver_open(const char *name, unsigned flags, hid_t access, haddr_t limit) {
    (void)name, (void)flags, (void)limit;
    const idr_h5_source *source = (const idr_h5_source *)H5Pget_driver_info(access);
    idr_h5_file *file = source ? (idr_h5_file *)calloc(1, sizeof *file) : NULL;
    if (file) file->source = *source;
    return (H5FD_t *)file;
}

static inline herr_t idr_h5_driver_close(H5FD_t *file) {
    free(file);
    return 0;
}

// Two opened sources are never the same file.
static inline int idr_h5_driver_compare(const H5FD_t *a, const H5FD_t *b) { return a < b ? -1 : a > b; }

static inline herr_t idr_h5_driver_query(const H5FD_t *file, unsigned long *flags) {
    (void)file;
    if (flags) *flags = 0;
    return 0;
}

static inline haddr_t idr_h5_driver_eoa(const H5FD_t *file, H5FD_mem_t type) {
    (void)type;
    return ((const idr_h5_file *)file)->allocated;
}

static inline herr_t idr_h5_driver_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
    (void)type;
    ((idr_h5_file *)file)->allocated = address;
    return 0;
}

static inline haddr_t idr_h5_driver_eof(const H5FD_t *file, H5FD_mem_t type) {
    (void)type;
    return ((const idr_h5_file *)file)->source.length;
}

static inline herr_t idr_h5_driver_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *buffer) {
    (void)transfer;
    const idr_h5_source *source = &((const idr_h5_file *)file)->source;
    if (address > source->length || size > source->length - address) return -1;
    return source->read(source->context, type == H5FD_MEM_DRAW, address, size, buffer) == 0 ? 0 : -1;
}

// The file is opened for reading only: HDF5 wants the entry, and never calls it.
static inline herr_t idr_h5_driver_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void *buffer) {
    (void)file, (void)type, (void)transfer, (void)address, (void)size, (void)buffer;
    return -1;
}

// Registers the driver; call it once.
static inline hid_t idr_h5_register_driver(void) {
    H5FD_class_t driver = {0};
    driver.name = "idrkit";
    driver.maxaddr = (haddr_t)1 << 62;
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.fapl_size = sizeof(idr_h5_source);
    driver.open = idr_h5_driver_open;
    driver.close = idr_h5_driver_close;
    driver.cmp = idr_h5_driver_compare;
    driver.query = idr_h5_driver_query;
    driver.get_eoa = idr_h5_driver_eoa;
    driver.set_eoa = idr_h5_driver_set_eoa;
    driver.get_eof = idr_h5_driver_eof;
    driver.read = idr_h5_driver_read;
    driver.write = idr_h5_driver_write;
    for (int type = 0; type < H5FD_MEM_NTYPES; type++) driver.fl_map[type] = H5FD_MEM_DEFAULT;
    return H5FDregister(&driver);
}

static inline herr_t idr_h5_set_source(hid_t access, hid_t driver, idr_h5_source source) { return H5Pset_driver(access, driver, &source); }
static inline haddr_t idr_h5_no_address(void) { return HADDR_UNDEF; }
