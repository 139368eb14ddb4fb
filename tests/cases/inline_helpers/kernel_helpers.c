/* Inline functions under names that Rust can call. */
#include "kernel.h"

struct item *rust_helper_item_of(struct list_head *node) { return container_of(node, struct item, node); }
u64 rust_helper_key(const struct item *item) { return item->key; }
int rust_helper_refs(const struct item *item) { return atomic_read(&item->refs.refs); }
bool rust_helper_put(struct item *item) { return refcount_put(&item->refs); }
void rust_helper_get(struct item *item) { refcount_get(&item->refs); }
void rust_helper_lock(struct item *item) { spin_lock(&item->lock); }
void rust_helper_unlock(struct item *item) { spin_unlock(&item->lock); }
void rust_helper_list_init(struct list_head *list) { list_init(list); }
void rust_helper_list_add(struct list_head *new, struct list_head *head) { list_add(new, head); }
void rust_helper_list_del(struct list_head *entry) { list_del(entry); }
bool rust_helper_list_empty(const struct list_head *head) { return list_empty(head); }
void *rust_helper_err_ptr(long error) { return ERR_PTR(error); }
bool rust_helper_is_err(const void *p) { return IS_ERR(p); }
u64 rust_helper_rol64(u64 word, unsigned int shift) { return rol64(word, shift); }
u32 rust_helper_hash(u64 value, unsigned int bits) { return hash_64(value, bits); }
void __attribute__((section(".init.text"))) rust_helper_setup(struct item *item) {
  item->flags = 1;
  item->lock.value.counter = 0;
}
