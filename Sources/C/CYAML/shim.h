#ifndef IDR_YAML_SHIM_H
#define IDR_YAML_SHIM_H

#include <yaml.h>

// The unions of libyaml's structures, one value each.

static inline const unsigned char *idr_yaml_text(const yaml_node_t *node, size_t *length) {
  *length = node->data.scalar.length;
  return node->data.scalar.value;
}

static inline size_t idr_yaml_item_count(const yaml_node_t *node) {
  return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

static inline int idr_yaml_item(const yaml_node_t *node, size_t index) { return node->data.sequence.items.start[index]; }

static inline size_t idr_yaml_pair_count(const yaml_node_t *node) {
  return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
}

static inline int idr_yaml_key(const yaml_node_t *node, size_t index) { return node->data.mapping.pairs.start[index].key; }

static inline int idr_yaml_value(const yaml_node_t *node, size_t index) { return node->data.mapping.pairs.start[index].value; }

#endif
