#include "cssl_internal.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

struct cssl_operation {
    EVP_PKEY_CTX *ctx;
};

static int begin(EVP_PKEY_CTX *ctx, int verb) {
    switch (verb) {
    case CSSL_ENCRYPT: return EVP_PKEY_encrypt_init(ctx) == 1;
    case CSSL_DECRYPT: return EVP_PKEY_decrypt_init(ctx) == 1;
    case CSSL_SIGN: return EVP_PKEY_sign_init(ctx) == 1;
    case CSSL_VERIFY: return EVP_PKEY_verify_init(ctx) == 1;
    default: return 0;
    }
}

static int set_digest(EVP_PKEY_CTX *ctx, const char *hash) {
    EVP_MD *md = EVP_MD_fetch(NULL, hash, NULL);
    int good = md && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
    EVP_MD_free(md);
    return good;
}

static int set_padding(EVP_PKEY_CTX *ctx, int padding, const char *hash) {
    switch (padding) {
    case CSSL_NONE: return 1;
    case CSSL_PKCS1:
        if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1) return 0;
        /* From 3.2 on a wrong key decrypts to random bytes unless told not to; a vault refuses.
         * Earlier versions do not know the parameter, and need not. */
        ERR_set_mark();
        EVP_PKEY_CTX_ctrl_str(ctx, "rsa_pkcs1_implicit_rejection", "0");
        ERR_pop_to_mark();
        return 1;
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

cssl_operation *cssl_operation_new(const cssl_key *key, int verb, int padding, const char *hash) {
    cssl_operation *operation = malloc(sizeof *operation);
    EVP_PKEY_CTX *ctx = operation ? EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL) : NULL;
    int signs = verb == CSSL_SIGN || verb == CSSL_VERIFY;
    /* The digest comes before the padding: the length of the salt of PSS depends on it. */
    if (ctx && begin(ctx, verb) && (!signs || !hash || set_digest(ctx, hash)) &&
        set_padding(ctx, padding, hash)) {
        operation->ctx = ctx;
        return operation;
    }
    EVP_PKEY_CTX_free(ctx);
    free(operation);
    return NULL;
}

void cssl_operation_free(cssl_operation *operation) {
    if (!operation) return;
    EVP_PKEY_CTX_free(operation->ctx);
    free(operation);
}

int cssl_encrypt(cssl_operation *operation, const void *in, size_t in_count, void *out,
                 size_t *out_count) {
    return EVP_PKEY_encrypt(operation->ctx, out, out_count, in, in_count) == 1 ? 1 : -1;
}

/* An input that does not fit the key is no failure of the library. */
static int rejected(void) {
    ERR_clear_error();
    return 0;
}

int cssl_decrypt(cssl_operation *operation, const void *in, size_t in_count, void *out,
                 size_t *out_count) {
    /* One answer for every cause: which check failed would be an oracle. */
    return EVP_PKEY_decrypt(operation->ctx, out, out_count, in, in_count) == 1 ? 1 : rejected();
}

int cssl_sign(cssl_operation *operation, const void *digest, size_t digest_count, void *out,
              size_t *out_count) {
    return EVP_PKEY_sign(operation->ctx, out, out_count, digest, digest_count) == 1 ? 1 : -1;
}

int cssl_verify(cssl_operation *operation, const void *digest, size_t digest_count,
                const void *signature, size_t signature_count) {
    return EVP_PKEY_verify(operation->ctx, signature, signature_count, digest, digest_count) == 1
               ? 1
               : rejected();
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
