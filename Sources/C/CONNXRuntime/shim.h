#pragma once
// ONNX Runtime's wheel ships no header. Its C interface is an append-only table of function pointers obtained from
// OrtGetApiBase()->GetApi(version); these are the few entries IDRKit calls, by their stable slot numbers.
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtValue OrtValue;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtApi { void *slot[1]; } OrtApi;
typedef struct OrtApiBase {
  const OrtApi *(*GetApi)(uint32_t version);
  const char *(*GetVersionString)(void);
} OrtApiBase;

// The layout of Dl_info. dlfcn.h declares it and dladdr only for GNU sources, which a Swift module cannot ask for; the label avoids
// a second declaration of the same name.
typedef struct IDRBinary { const char *path; void *base; const char *symbol; void *address; } IDRBinary;
extern int idr_dladdr(const void *address, IDRBinary *out) __asm__("dladdr");

// The file of the binary that holds `address`, or NULL.
static inline const char *idr_binary_holding(const void *address) {
  IDRBinary found = {0};
  return idr_dladdr(address, &found) ? found.path : NULL;
}
// The file of the binary that this header was compiled into.
static inline const char *idr_own_binary(void) {
  static const char inside = 0;
  return idr_binary_holding(&inside);
}

#define IDR_ORT(api, n, type) ((type)((api)->slot[n]))

static inline const OrtApi *idr_ort_api(void *getApiBase, uint32_t version, const char **versionString) {
  const OrtApiBase *base = ((const OrtApiBase *(*)(void))getApiBase)();
  if (!base) return NULL;
  *versionString = base->GetVersionString();
  return base->GetApi(version);
}
static inline const char *idr_ort_message(const OrtApi *a, OrtStatus *s) {
  return IDR_ORT(a, 2, const char *(*)(const OrtStatus *))(s);
}
static inline OrtStatus *idr_ort_create_env(const OrtApi *a, int level, const char *id, OrtEnv **out) {
  return IDR_ORT(a, 3, OrtStatus *(*)(int, const char *, OrtEnv **))(level, id, out);
}
static inline OrtStatus *idr_ort_create_session(const OrtApi *a, OrtEnv *e, const void *model, size_t n, OrtSessionOptions *o, OrtSession **out) {
  return IDR_ORT(a, 8, OrtStatus *(*)(const OrtEnv *, const void *, size_t, const OrtSessionOptions *, OrtSession **))(e, model, n, o, out);
}
static inline OrtStatus *idr_ort_run(const OrtApi *a, OrtSession *s, const char *const *inNames, const OrtValue *const *in, size_t nIn,
                                     const char *const *outNames, size_t nOut, OrtValue **out) {
  return IDR_ORT(a, 9, OrtStatus *(*)(OrtSession *, const void *, const char *const *, const OrtValue *const *, size_t, const char *const *, size_t, OrtValue **))(
      s, NULL, inNames, in, nIn, outNames, nOut, out);
}
static inline OrtStatus *idr_ort_create_options(const OrtApi *a, OrtSessionOptions **out) {
  return IDR_ORT(a, 10, OrtStatus *(*)(OrtSessionOptions **))(out);
}
static inline OrtStatus *idr_ort_set_threads(const OrtApi *a, OrtSessionOptions *o, int intra, int inter) {
  OrtStatus *s = IDR_ORT(a, 24, OrtStatus *(*)(OrtSessionOptions *, int))(o, intra);
  return s ? s : IDR_ORT(a, 25, OrtStatus *(*)(OrtSessionOptions *, int))(o, inter);
}
static inline OrtStatus *idr_ort_set_option(const OrtApi *a, OrtSessionOptions *o, const char *key, const char *value) {
  return IDR_ORT(a, 130, OrtStatus *(*)(OrtSessionOptions *, const char *, const char *))(o, key, value);
}
static inline OrtStatus *idr_ort_tensor(const OrtApi *a, OrtMemoryInfo *m, float *data, size_t bytes, const int64_t *shape, size_t rank, OrtValue **out) {
  const int float32 = 1;
  return IDR_ORT(a, 49, OrtStatus *(*)(const OrtMemoryInfo *, void *, size_t, const int64_t *, size_t, int, OrtValue **))(m, data, bytes, shape, rank, float32, out);
}
static inline OrtStatus *idr_ort_data(const OrtApi *a, OrtValue *v, float **out) {
  return IDR_ORT(a, 51, OrtStatus *(*)(OrtValue *, void **))(v, (void **)out);
}
static inline OrtStatus *idr_ort_rank(const OrtApi *a, const OrtTensorTypeAndShapeInfo *i, size_t *out) {
  return IDR_ORT(a, 61, OrtStatus *(*)(const OrtTensorTypeAndShapeInfo *, size_t *))(i, out);
}
static inline OrtStatus *idr_ort_dimensions(const OrtApi *a, const OrtTensorTypeAndShapeInfo *i, int64_t *out, size_t rank) {
  return IDR_ORT(a, 62, OrtStatus *(*)(const OrtTensorTypeAndShapeInfo *, int64_t *, size_t))(i, out, rank);
}
static inline OrtStatus *idr_ort_shape(const OrtApi *a, OrtValue *v, OrtTensorTypeAndShapeInfo **out) {
  return IDR_ORT(a, 65, OrtStatus *(*)(const OrtValue *, OrtTensorTypeAndShapeInfo **))(v, out);
}
static inline OrtStatus *idr_ort_cpu_memory(const OrtApi *a, OrtMemoryInfo **out) {
  const int arenaAllocator = 1, defaultMemory = 0;
  return IDR_ORT(a, 69, OrtStatus *(*)(int, int, OrtMemoryInfo **))(arenaAllocator, defaultMemory, out);
}

// What a session takes and gives: counts, names (freed with idr_ort_free), element types and shapes (-1 = any length).
static inline OrtStatus *idr_ort_input_count(const OrtApi *a, OrtSession *s, size_t *out) {
  return IDR_ORT(a, 30, OrtStatus *(*)(const OrtSession *, size_t *))(s, out);
}
static inline OrtStatus *idr_ort_output_count(const OrtApi *a, OrtSession *s, size_t *out) {
  return IDR_ORT(a, 31, OrtStatus *(*)(const OrtSession *, size_t *))(s, out);
}
static inline OrtStatus *idr_ort_input_type(const OrtApi *a, OrtSession *s, size_t i, OrtTypeInfo **out) {
  return IDR_ORT(a, 33, OrtStatus *(*)(const OrtSession *, size_t, OrtTypeInfo **))(s, i, out);
}
static inline OrtStatus *idr_ort_output_type(const OrtApi *a, OrtSession *s, size_t i, OrtTypeInfo **out) {
  return IDR_ORT(a, 34, OrtStatus *(*)(const OrtSession *, size_t, OrtTypeInfo **))(s, i, out);
}
static inline OrtStatus *idr_ort_input_name(const OrtApi *a, OrtSession *s, size_t i, OrtAllocator *m, char **out) {
  return IDR_ORT(a, 36, OrtStatus *(*)(const OrtSession *, size_t, OrtAllocator *, char **))(s, i, m, out);
}
static inline OrtStatus *idr_ort_output_name(const OrtApi *a, OrtSession *s, size_t i, OrtAllocator *m, char **out) {
  return IDR_ORT(a, 37, OrtStatus *(*)(const OrtSession *, size_t, OrtAllocator *, char **))(s, i, m, out);
}
// The tensor's description belongs to `t`; NULL where the value is a sequence or a map.
static inline OrtStatus *idr_ort_tensor_info(const OrtApi *a, OrtTypeInfo *t, const OrtTensorTypeAndShapeInfo **out) {
  return IDR_ORT(a, 55, OrtStatus *(*)(const OrtTypeInfo *, const OrtTensorTypeAndShapeInfo **))(t, out);
}
static inline OrtStatus *idr_ort_element_type(const OrtApi *a, const OrtTensorTypeAndShapeInfo *i, int *out) {
  return IDR_ORT(a, 60, OrtStatus *(*)(const OrtTensorTypeAndShapeInfo *, int *))(i, out);
}
static inline OrtStatus *idr_ort_allocator(const OrtApi *a, OrtAllocator **out) {
  return IDR_ORT(a, 78, OrtStatus *(*)(OrtAllocator **))(out);
}
static inline OrtStatus *idr_ort_free(const OrtApi *a, OrtAllocator *m, void *p) {
  return IDR_ORT(a, 76, OrtStatus *(*)(OrtAllocator *, void *))(m, p);
}
static inline void idr_ort_release_type(const OrtApi *a, OrtTypeInfo *p) { IDR_ORT(a, 98, void (*)(OrtTypeInfo *))(p); }
static inline void idr_ort_release_env(const OrtApi *a, OrtEnv *p) { IDR_ORT(a, 92, void (*)(OrtEnv *))(p); }
static inline void idr_ort_release_status(const OrtApi *a, OrtStatus *p) { IDR_ORT(a, 93, void (*)(OrtStatus *))(p); }
static inline void idr_ort_release_memory(const OrtApi *a, OrtMemoryInfo *p) { IDR_ORT(a, 94, void (*)(OrtMemoryInfo *))(p); }
static inline void idr_ort_release_session(const OrtApi *a, OrtSession *p) { IDR_ORT(a, 95, void (*)(OrtSession *))(p); }
static inline void idr_ort_release_value(const OrtApi *a, OrtValue *p) { IDR_ORT(a, 96, void (*)(OrtValue *))(p); }
static inline void idr_ort_release_shape(const OrtApi *a, OrtTensorTypeAndShapeInfo *p) { IDR_ORT(a, 99, void (*)(OrtTensorTypeAndShapeInfo *))(p); }
static inline void idr_ort_release_options(const OrtApi *a, OrtSessionOptions *p) { IDR_ORT(a, 100, void (*)(OrtSessionOptions *))(p); }
