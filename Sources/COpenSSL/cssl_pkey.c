#include "cssl_internal.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

static int set_padding(EVP_PKEY_CTX *ctx, int padding, const char *hash) {
    switch (padding) {
    case CSSL_NONE: return 1;
    case CSSL_PKCS1: return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    case CSSL_OAEP:
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, hash, NULL) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hash, NULL) == 1;
    case CSSL_PSS:
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hash, NULL) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
    default: return 0;
    }
}

static EVP_PKEY_CTX *begin(const cssl_key *key, int (*init)(EVP_PKEY_CTX *), int padding,
                           const char *hash) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (ctx && init(ctx) == 1 && set_padding(ctx, padding, hash)) return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

int cssl_key_encrypt(const cssl_key *key, int padding, const char *hash, const void *in,
                     size_t in_count, void *out, size_t *out_count) {
    EVP_PKEY_CTX *ctx = begin(key, EVP_PKEY_encrypt_init, padding, hash);
    int result = ctx && EVP_PKEY_encrypt(ctx, out, out_count, in, in_count) == 1 ? 1 : -1;
    EVP_PKEY_CTX_free(ctx);
    return result;
}

int cssl_key_decrypt(const cssl_key *key, int padding, const char *hash, const void *in,
                     size_t in_count, void *out, size_t *out_count) {
    EVP_PKEY_CTX *ctx = begin(key, EVP_PKEY_decrypt_init, padding, hash);
    int result = !ctx ? -1 : EVP_PKEY_decrypt(ctx, out, out_count, in, in_count) == 1 ? 1 : 0;
    EVP_PKEY_CTX_free(ctx);
    /* One answer for every cause: which check failed would be an oracle. */
    if (result == 0) ERR_clear_error();
    return result;
}

/* Without a hash, PKCS#1 v1.5 pads the bytes as they are. The hash comes before the padding:
 * the length of the salt of PSS depends on it. */
static EVP_PKEY_CTX *begin_signature(const cssl_key *key, int (*init)(EVP_PKEY_CTX *), int padding,
                                     const char *hash) {
    EVP_PKEY_CTX *ctx = begin(key, init, CSSL_NONE, NULL);
    EVP_MD *md = hash ? EVP_MD_fetch(NULL, hash, NULL) : NULL;
    int good = ctx && (!hash || (md && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1)) &&
               set_padding(ctx, padding, hash);
    EVP_MD_free(md);
    if (good) return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

int cssl_key_sign(const cssl_key *key, int padding, const char *hash, const void *digest,
                  size_t digest_count, void *out, size_t *out_count) {
    EVP_PKEY_CTX *ctx = begin_signature(key, EVP_PKEY_sign_init, padding, hash);
    int result = ctx && EVP_PKEY_sign(ctx, out, out_count, digest, digest_count) == 1 ? 1 : -1;
    EVP_PKEY_CTX_free(ctx);
    return result;
}

int cssl_key_verify(const cssl_key *key, int padding, const char *hash, const void *digest,
                    size_t digest_count, const void *signature, size_t signature_count) {
    EVP_PKEY_CTX *ctx = begin_signature(key, EVP_PKEY_verify_init, padding, hash);
    int result = !ctx ? -1
                 : EVP_PKEY_verify(ctx, signature, signature_count, digest, digest_count) == 1
                     ? 1
                     : 0;
    EVP_PKEY_CTX_free(ctx);
    if (result == 0) ERR_clear_error();
    return result;
}

int cssl_ecdsa_to_raw(const void *der, size_t der_count, void *out, size_t width) {
    const unsigned char *p = der;
    ECDSA_SIG *sig = der_count <= LONG_MAX ? d2i_ECDSA_SIG(NULL, &p, (long)der_count) : NULL;
    unsigned char *raw = out;
    int good = sig && width <= INT_MAX &&
               BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, (int)width) == (int)width &&
               BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + width, (int)width) == (int)width;
    ECDSA_SIG_free(sig);
    return good ? 1 : -1;
}

int cssl_ecdsa_from_raw(const void *raw, size_t width, void *out, size_t *count) {
    const unsigned char *bytes = raw;
    if (width > 1024) return -1;
    BIGNUM *r = BN_bin2bn(bytes, (int)width, NULL);
    BIGNUM *s = BN_bin2bn(bytes + width, (int)width, NULL);
    ECDSA_SIG *sig = ECDSA_SIG_new();
    /* set0 takes the numbers over. */
    if (!r || !s || !sig || ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(sig);
        return -1;
    }
    int needed = i2d_ECDSA_SIG(sig, NULL);
    unsigned char *p = out;
    int good = needed > 0 && (size_t)needed <= *count && i2d_ECDSA_SIG(sig, &p) == needed;
    if (good) *count = (size_t)needed;
    ECDSA_SIG_free(sig);
    return good ? 1 : -1;
}
