#include "cssl_internal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

const char *cssl_last_error(void) {
    unsigned long code = ERR_get_error();
    ERR_clear_error();
    return code ? ERR_reason_error_string(code) : NULL;
}

const char *cssl_version(void) { return OpenSSL_version(OPENSSL_VERSION_STRING); }

int cssl_random(void *out, size_t count) {
    return count > INT_MAX ? -1 : RAND_bytes(out, (int)count) == 1 ? 1 : -1;
}

void cssl_cleanse(void *bytes, size_t count) {
    if (bytes) OPENSSL_cleanse(bytes, count);
}

int cssl_equal(const void *a, const void *b, size_t count) {
    return count == 0 || CRYPTO_memcmp(a, b, count) == 0;
}

int cssl_hash(const char *name, const void *bytes, size_t count, void *out, size_t room) {
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    int good = md && (size_t)EVP_MD_get_size(md) == room &&
               EVP_Digest(bytes, count, out, NULL, md, NULL) == 1;
    EVP_MD_free(md);
    return good ? 1 : -1;
}

struct cssl_hmac {
    EVP_MAC_CTX *ctx;
};

cssl_hmac *cssl_hmac_new(void) {
    cssl_hmac *hmac = calloc(1, sizeof *hmac);
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    if (hmac && mac && (hmac->ctx = EVP_MAC_CTX_new(mac)) &&
        EVP_MAC_CTX_set_params(hmac->ctx, params) == 1) {
        EVP_MAC_free(mac);
        return hmac;
    }
    EVP_MAC_free(mac);
    cssl_hmac_free(hmac);
    return NULL;
}

void cssl_hmac_free(cssl_hmac *hmac) {
    if (!hmac) return;
    EVP_MAC_CTX_free(hmac->ctx);
    free(hmac);
}

int cssl_hmac_sha256(cssl_hmac *hmac, const void *key, size_t key_count, const void *first,
                     size_t first_count, const void *second, size_t second_count, void *out32) {
    /* A NULL key would mean "the key of last time". */
    static const unsigned char none = 0;
    size_t written = 0;
    return EVP_MAC_init(hmac->ctx, key ? key : &none, key_count, NULL) == 1 &&
                   (first_count == 0 || EVP_MAC_update(hmac->ctx, first, first_count) == 1) &&
                   (second_count == 0 || EVP_MAC_update(hmac->ctx, second, second_count) == 1) &&
                   EVP_MAC_final(hmac->ctx, out32, &written, 32) == 1 && written == 32
               ? 1
               : -1;
}

/* One context per direction and key size: a context that keeps its cipher needs only key and
 * nonce, which saves the set-up that costs most. */
struct cssl_gcm {
    EVP_CIPHER_CTX *seal[3], *open[3];
};

static const char *const gcm_names[3] = {"AES-128-GCM", "AES-192-GCM", "AES-256-GCM"};

cssl_gcm *cssl_gcm_new(void) { return calloc(1, sizeof(cssl_gcm)); }

void cssl_gcm_free(cssl_gcm *gcm) {
    if (!gcm) return;
    for (int i = 0; i < 3; i++) {
        EVP_CIPHER_CTX_free(gcm->seal[i]);
        EVP_CIPHER_CTX_free(gcm->open[i]);
    }
    free(gcm);
}

static EVP_CIPHER_CTX *gcm_ctx(cssl_gcm *gcm, size_t key_count, int encrypts) {
    if (key_count != 16 && key_count != 24 && key_count != 32) return NULL;
    size_t i = key_count / 8 - 2;
    EVP_CIPHER_CTX **slot = encrypts ? &gcm->seal[i] : &gcm->open[i];
    if (*slot) return *slot;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, gcm_names[i], NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (cipher && ctx && EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, encrypts, NULL) == 1) {
        *slot = ctx;
    } else {
        EVP_CIPHER_CTX_free(ctx);
    }
    EVP_CIPHER_free(cipher);
    return *slot;
}

int cssl_gcm_seal(cssl_gcm *gcm, const void *key, size_t key_count, const void *nonce12,
                  const void *aad, size_t aad_count, const void *plain, size_t count, void *out) {
    EVP_CIPHER_CTX *ctx = gcm_ctx(gcm, key_count, 1);
    int n = 0;
    unsigned char none;
    if (!ctx || count > INT_MAX - 16 || aad_count > INT_MAX) return -1;
    if (EVP_EncryptInit_ex2(ctx, NULL, key, nonce12, NULL) != 1) return -1;
    if (aad_count && EVP_EncryptUpdate(ctx, NULL, &n, aad, (int)aad_count) != 1) return -1;
    if (count && EVP_EncryptUpdate(ctx, out, &n, plain, (int)count) != 1) return -1;
    if (EVP_EncryptFinal_ex(ctx, &none, &n) != 1) return -1;
    return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, (char *)out + count) == 1 ? 1 : -1;
}

int cssl_gcm_open(cssl_gcm *gcm, const void *key, size_t key_count, const void *nonce12,
                  const void *aad, size_t aad_count, const void *sealed, size_t count, void *out) {
    EVP_CIPHER_CTX *ctx = gcm_ctx(gcm, key_count, 0);
    int n = 0;
    unsigned char none;
    if (!ctx || count > INT_MAX - 16 || aad_count > INT_MAX) return -1;
    if (EVP_DecryptInit_ex2(ctx, NULL, key, nonce12, NULL) != 1) return -1;
    if (aad_count && EVP_DecryptUpdate(ctx, NULL, &n, aad, (int)aad_count) != 1) return -1;
    if (count && EVP_DecryptUpdate(ctx, out, &n, sealed, (int)count) != 1) return -1;
    void *tag = (char *)sealed + count; /* the control call only reads it */
    if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16, tag) != 1) return -1;
    if (EVP_DecryptFinal_ex(ctx, &none, &n) == 1) return 1;
    if (out) OPENSSL_cleanse(out, count);
    ERR_clear_error();
    return 0;
}

int cssl_cbc(int encrypts, const void *key, size_t key_count, const void *iv16, const void *in,
             size_t count, void *out) {
    static const char *const names[3] = {"AES-128-CBC", "AES-192-CBC", "AES-256-CBC"};
    if (key_count != 16 && key_count != 24 && key_count != 32) return -1;
    if (count > INT_MAX || count % 16 != 0) return -1;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, names[key_count / 8 - 2], NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    int good = cipher && ctx &&
               EVP_CipherInit_ex2(ctx, cipher, key, iv16, encrypts, NULL) == 1 &&
               EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
               (count == 0 || EVP_CipherUpdate(ctx, out, &n, in, (int)count) == 1) &&
               (size_t)n == count;
    EVP_CIPHER_CTX_free(ctx);
    EVP_CIPHER_free(cipher);
    return good ? 1 : -1;
}

int cssl_poly1305(const void *key32, const void *bytes, size_t count, void *out16) {
    size_t written = 0;
    return EVP_Q_mac(NULL, "POLY1305", NULL, NULL, NULL, key32, 32, bytes, count, out16, 16,
                     &written) &&
                   written == 16
               ? 1
               : -1;
}
