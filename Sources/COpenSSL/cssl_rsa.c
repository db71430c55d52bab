#include "cssl_internal.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct cssl_rsa {
    EVP_PKEY *key;
};

static cssl_rsa *wrap(EVP_PKEY *key) {
    cssl_rsa *rsa = key && EVP_PKEY_is_a(key, "RSA") ? malloc(sizeof *rsa) : NULL;
    if (rsa)
        rsa->key = key;
    else
        EVP_PKEY_free(key);
    return rsa;
}

/* A key from outside is checked: its parts must belong together. */
static cssl_rsa *checked(EVP_PKEY *key) {
    EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    int good = ctx && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_pairwise_check(ctx) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (good) return wrap(key);
    EVP_PKEY_free(key);
    return NULL;
}

cssl_rsa *cssl_rsa_generate(int bits) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (ctx && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits) == 1)
        EVP_PKEY_generate(ctx, &key);
    EVP_PKEY_CTX_free(ctx);
    return wrap(key);
}

/* An encrypted PEM must fail, never ask at the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

cssl_rsa *cssl_rsa_from_pem(const void *pem, size_t count) {
    BIO *bio = count <= INT_MAX ? BIO_new_mem_buf(pem, (int)count) : NULL;
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey_ex(bio, NULL, no_passphrase, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return checked(key);
}

cssl_rsa *cssl_rsa_from_der(const void *der, size_t count) {
    const unsigned char *p = der;
    if (count > LONG_MAX) return NULL;
    return wrap(d2i_AutoPrivateKey_ex(NULL, &p, (long)count, NULL, NULL));
}

cssl_rsa *cssl_rsa_from_numbers(const void *const *numbers, const size_t *counts) {
    static const char *const names[8] = {
        OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    };
    BIGNUM *bn[8] = {0};
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;
    int good = build != NULL;
    for (int i = 0; good && i < 8; i++) {
        bn[i] = counts[i] <= 1024 ? BN_bin2bn(numbers[i], (int)counts[i], NULL) : NULL;
        if (bn[i] && i > 1) BN_set_flags(bn[i], BN_FLG_CONSTTIME);
        good = bn[i] && OSSL_PARAM_BLD_push_BN(build, names[i], bn[i]) == 1;
    }
    if (good) params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = params ? EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL) : NULL;
    if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params); /* wipes what came from secure or constant-time numbers */
    OSSL_PARAM_BLD_free(build);
    for (int i = 0; i < 8; i++) BN_clear_free(bn[i]);
    return checked(key);
}

void cssl_rsa_free(cssl_rsa *rsa) {
    if (!rsa) return;
    EVP_PKEY_free(rsa->key);
    free(rsa);
}

int cssl_rsa_bits(const cssl_rsa *rsa) { return EVP_PKEY_get_bits(rsa->key); }

int cssl_rsa_pkcs8(const cssl_rsa *rsa, void *out, size_t *count) {
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(rsa->key);
    int needed = info ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : -1;
    int good = needed > 0 && (!out || (size_t)needed <= *count);
    if (good && out) {
        unsigned char *p = out;
        good = i2d_PKCS8_PRIV_KEY_INFO(info, &p) == needed;
    }
    PKCS8_PRIV_KEY_INFO_free(info);
    if (good) *count = (size_t)needed;
    return good ? 1 : -1;
}

int cssl_rsa_number(const cssl_rsa *rsa, int which, void *out, size_t *count) {
    BIGNUM *bn = NULL;
    const char *name = which == 0 ? OSSL_PKEY_PARAM_RSA_N : OSSL_PKEY_PARAM_RSA_E;
    if (EVP_PKEY_get_bn_param(rsa->key, name, &bn) != 1) return -1;
    size_t needed = (size_t)BN_num_bytes(bn);
    int good = !out || needed <= *count;
    if (good && out) BN_bn2bin(bn, out);
    BN_free(bn);
    *count = needed;
    return good ? 1 : -1;
}

static EVP_PKEY_CTX *padded(const cssl_rsa *rsa, int padding, int encrypts) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, rsa->key, NULL);
    const char *hash = padding == CSSL_OAEP_SHA256 ? "SHA256" : "SHA1";
    int good = ctx && (encrypts ? EVP_PKEY_encrypt_init(ctx) : EVP_PKEY_decrypt_init(ctx)) == 1;
    if (good && padding == CSSL_PKCS1)
        good = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    else if (good)
        good = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, hash, NULL) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hash, NULL) == 1;
    if (good) return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

int cssl_rsa_encrypt(const cssl_rsa *rsa, int padding, const void *in, size_t in_count, void *out,
                     size_t *out_count) {
    EVP_PKEY_CTX *ctx = padded(rsa, padding, 1);
    int result = ctx && EVP_PKEY_encrypt(ctx, out, out_count, in, in_count) == 1 ? 1 : -1;
    EVP_PKEY_CTX_free(ctx);
    return result;
}

int cssl_rsa_decrypt(const cssl_rsa *rsa, int padding, const void *in, size_t in_count, void *out,
                     size_t *out_count) {
    EVP_PKEY_CTX *ctx = padded(rsa, padding, 0);
    int result = !ctx ? -1 : EVP_PKEY_decrypt(ctx, out, out_count, in, in_count) == 1 ? 1 : 0;
    EVP_PKEY_CTX_free(ctx);
    /* One answer for every cause: which check failed would be an oracle. */
    if (result == 0) ERR_clear_error();
    return result;
}
