#pragma once
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take any type; Swift cannot call variadic functions.
static inline CURLcode idr_curl_set_long(CURL *curl, CURLoption option, long value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode idr_curl_set_offset(CURL *curl, CURLoption option, curl_off_t value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode idr_curl_set_text(CURL *curl, CURLoption option, const char *value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode idr_curl_set_pointer(CURL *curl, CURLoption option, void *value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode idr_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) { return curl_easy_setopt(curl, option, value); }
typedef size_t (*idr_curl_data)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode idr_curl_set_data(CURL *curl, CURLoption option, idr_curl_data value) { return curl_easy_setopt(curl, option, value); }
static inline CURLcode idr_curl_get_long(CURL *curl, CURLINFO info, long *value) { return curl_easy_getinfo(curl, info, value); }
static inline CURLcode idr_curl_get_offset(CURL *curl, CURLINFO info, curl_off_t *value) { return curl_easy_getinfo(curl, info, value); }
static inline CURLcode idr_curl_get_text(CURL *curl, CURLINFO info, char **value) { return curl_easy_getinfo(curl, info, value); }
static inline CURLcode idr_curl_get_pointer(CURL *curl, CURLINFO info, void **value) { return curl_easy_getinfo(curl, info, value); }
static inline CURLMcode idr_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) { return curl_multi_setopt(multi, option, value); }
static inline CURLcode idr_curl_message_result(CURLMsg *message) { return message->data.result; }
