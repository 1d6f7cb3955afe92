#pragma once
#include <hdf5.h>
#include "caller_driver.h"

// HDF5's constants are macros that call H5open first, which Swift cannot import.
static inline hid_t idr_h5t_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t idr_h5t_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t idr_h5t_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t idr_h5t_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t idr_h5t_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t idr_h5t_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t idr_h5t_std_u8le(void) { return H5T_STD_U8LE; }
static inline hid_t idr_h5t_std_i8le(void) { return H5T_STD_I8LE; }
static inline hid_t idr_h5t_std_i32le(void) { return H5T_STD_I32LE; }
static inline hid_t idr_h5t_std_i64le(void) { return H5T_STD_I64LE; }
static inline hid_t idr_h5t_ieee_f32le(void) { return H5T_IEEE_F32LE; }
static inline hid_t idr_h5t_ieee_f64le(void) { return H5T_IEEE_F64LE; }
static inline hid_t idr_h5t_c_s1(void) { return H5T_C_S1; }
static inline size_t idr_h5t_variable(void) { return H5T_VARIABLE; }
static inline hid_t idr_h5p_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t idr_h5p_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t idr_h5p_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t idr_h5p_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t idr_h5p_dataset_access(void) { return H5P_DATASET_ACCESS; }
static inline hid_t idr_h5p_dataset_transfer(void) { return H5P_DATASET_XFER; }
static inline unsigned idr_h5f_rdonly(void) { return H5F_ACC_RDONLY; }
static inline unsigned idr_h5f_trunc(void) { return H5F_ACC_TRUNC; }
static inline hid_t idr_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t idr_h5_estack(void) { return H5E_DEFAULT; }
static inline hid_t idr_h5s_all(void) { return H5S_ALL; }

// A macro in later versions of HDF5.
static inline herr_t idr_h5_each_link(hid_t group, H5L_iterate_t visit, void *context) {
    hsize_t next = 0;
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &next, visit, context);
}

// What kind of link `name` is (H5L_TYPE_HARD, _SOFT, _EXTERNAL; -1 for none), and its value as HDF5 packs it, where `size` bytes hold that.
static inline int idr_h5_link(hid_t file, const char *name, char *value, size_t size) {
    H5L_info_t info;
    if (H5Lget_info(file, name, &info, H5P_DEFAULT) < 0) return -1;
    if (info.type != H5L_TYPE_HARD && (info.u.val_size >= size || H5Lget_val(file, name, value, size, H5P_DEFAULT) < 0)) return -1;
    return (int)info.type;
}
