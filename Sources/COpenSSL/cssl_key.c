#include "cssl_internal.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static cssl_key *wrap(EVP_PKEY *pkey) {
    cssl_key *key = pkey ? malloc(sizeof *key) : NULL;
    if (key)
        key->pkey = pkey;
    else
        EVP_PKEY_free(pkey);
    return key;
}

void cssl_key_free(cssl_key *key) {
    if (!key) return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

static EVP_PKEY *generate(const char *type, OSSL_PARAM *params) {
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (ctx && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_params(ctx, params) == 1)
        EVP_PKEY_generate(ctx, &pkey);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

cssl_key *cssl_rsa_generate(int bits) {
    size_t count = (size_t)bits;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &count),
        OSSL_PARAM_construct_end(),
    };
    return wrap(generate("RSA", params));
}

cssl_key *cssl_ec_generate(const char *group) {
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0),
        OSSL_PARAM_construct_end(),
    };
    return wrap(generate("EC", params));
}

/* A key from outside is checked: its parts must belong together. The whole check of an RSA key
 * would add nothing but the test of its modulus that the check of its primes makes needless. */
static EVP_PKEY *checked(EVP_PKEY *pkey) {
    EVP_PKEY_CTX *ctx = pkey ? EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL) : NULL;
    int good = ctx && (EVP_PKEY_is_a(pkey, "EC") ? EVP_PKEY_check(ctx) : EVP_PKEY_pairwise_check(ctx)) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (good) return pkey;
    EVP_PKEY_free(pkey);
    return NULL;
}

/* Builds a key of `selection` from parameters, and takes both over. */
static EVP_PKEY *built(const char *type, int selection, OSSL_PARAM_BLD *build) {
    EVP_PKEY *pkey = NULL;
    /* Wiped when freed, where it came from secure or constant-time numbers. */
    OSSL_PARAM *params = build ? OSSL_PARAM_BLD_to_param(build) : NULL;
    EVP_PKEY_CTX *ctx = params ? EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL;
    if (ctx && EVP_PKEY_fromdata_init(ctx) == 1) EVP_PKEY_fromdata(ctx, &pkey, selection, params);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return pkey;
}

static const char *const names[] = {
    [CSSL_RSA_N] = OSSL_PKEY_PARAM_RSA_N,
    [CSSL_RSA_E] = OSSL_PKEY_PARAM_RSA_E,
    [CSSL_RSA_D] = OSSL_PKEY_PARAM_RSA_D,
    [CSSL_RSA_P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
    [CSSL_RSA_Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
    [CSSL_RSA_DP] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
    [CSSL_RSA_DQ] = OSSL_PKEY_PARAM_RSA_EXPONENT2,
    [CSSL_RSA_QI] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    [CSSL_RSA_THIRD_PRIME] = OSSL_PKEY_PARAM_RSA_FACTOR3,
    [CSSL_EC_X] = OSSL_PKEY_PARAM_EC_PUB_X,
    [CSSL_EC_Y] = OSSL_PKEY_PARAM_EC_PUB_Y,
    [CSSL_EC_D] = OSSL_PKEY_PARAM_PRIV_KEY,
};

cssl_key *cssl_rsa_from_numbers(const void *const *numbers, const size_t *counts, int how_many) {
    BIGNUM *bn[8] = {0};
    int is_private = how_many == 8;
    OSSL_PARAM_BLD *build = is_private || how_many == 2 ? OSSL_PARAM_BLD_new() : NULL;
    int good = build != NULL;
    for (int i = 0; good && i < how_many; i++) {
        bn[i] = counts[i] <= 1024 ? BN_bin2bn(numbers[i], (int)counts[i], NULL) : NULL;
        if (bn[i] && i > CSSL_RSA_E) BN_set_flags(bn[i], BN_FLG_CONSTTIME);
        good = bn[i] && OSSL_PARAM_BLD_push_BN(build, names[i], bn[i]) == 1;
    }
    EVP_PKEY *pkey = NULL;
    if (good)
        pkey = built("RSA", is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, build);
    else
        OSSL_PARAM_BLD_free(build);
    for (int i = 0; i < 8; i++) BN_clear_free(bn[i]);
    return wrap(is_private ? checked(pkey) : pkey);
}

static EVP_PKEY *ec_from_numbers(const char *group, const void *point, size_t point_count,
                                 const void *d, size_t d_count) {
    if (d_count > 1024) return NULL;
    BIGNUM *bn = d ? BN_bin2bn(d, (int)d_count, NULL) : NULL;
    if (bn) BN_set_flags(bn, BN_FLG_CONSTTIME);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    int good = build && (bn || !d) &&
               OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
               OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                point_count) == 1 &&
               (!bn || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, bn) == 1);
    EVP_PKEY *pkey = NULL;
    if (good)
        pkey = built("EC", d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, build);
    else
        OSSL_PARAM_BLD_free(build);
    BN_clear_free(bn);
    return pkey;
}

cssl_key *cssl_ec_from_numbers(const char *group, const void *point, size_t point_count,
                               const void *d, size_t d_count) {
    EVP_PKEY *pkey = ec_from_numbers(group, point, point_count, d, d_count);
    /* A point off the curve is refused when the key is built. */
    return wrap(d ? checked(pkey) : pkey);
}

/* An encrypted PEM must fail, never ask at the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

cssl_key *cssl_key_from_pem(const void *pem, size_t count) {
    BIO *bio = count <= INT_MAX ? BIO_new_mem_buf(pem, (int)count) : NULL;
    EVP_PKEY *pkey =
        bio ? PEM_read_bio_PrivateKey_ex(bio, NULL, no_passphrase, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return wrap(checked(pkey));
}

cssl_key *cssl_key_from_der(const void *der, size_t count) {
    const unsigned char *p = der;
    if (count > LONG_MAX) return NULL;
    return wrap(d2i_AutoPrivateKey_ex(NULL, &p, (long)count, NULL, NULL));
}

int cssl_key_is_a(const cssl_key *key, const char *type) {
    return EVP_PKEY_is_a(key->pkey, type) == 1;
}

int cssl_key_bits(const cssl_key *key) { return EVP_PKEY_get_bits(key->pkey); }

int cssl_ec_group(const cssl_key *key, char *out, size_t room) {
    return EVP_PKEY_get_group_name(key->pkey, out, room, NULL) == 1 ? 1 : -1;
}

/* Hands DER over: its length alone when there is no room for it. */
static int written(int needed, void *out, size_t *count) {
    int good = needed > 0 && (!out || (size_t)needed <= *count);
    if (good) *count = (size_t)needed;
    return good ? 1 : -1;
}

int cssl_key_pkcs8(const cssl_key *key, void *out, size_t *count) {
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
    int needed = info ? i2d_PKCS8_PRIV_KEY_INFO(info, NULL) : -1;
    int result = written(needed, out, count);
    unsigned char *p = out;
    if (result == 1 && out && i2d_PKCS8_PRIV_KEY_INFO(info, &p) != needed) result = -1;
    PKCS8_PRIV_KEY_INFO_free(info);
    return result;
}

int cssl_key_public_der(const cssl_key *key, void *out, size_t *count) {
    int needed = i2d_PUBKEY(key->pkey, NULL);
    int result = written(needed, out, count);
    unsigned char *p = out;
    return result == 1 && out && i2d_PUBKEY(key->pkey, &p) != needed ? -1 : result;
}

int cssl_key_number(const cssl_key *key, int which, void *out, size_t *count) {
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_BN(names[which], out, out ? *count : 0),
        OSSL_PARAM_construct_end(),
    };
    int good = EVP_PKEY_get_params(key->pkey, params) == 1 && OSSL_PARAM_modified(params);
    if (!out) {
        *count = params[0].return_size;
        return good ? 1 : -1;
    }
    if (!good || params[0].return_size != *count) return -1;
    /* The library writes in the machine's order, which on every machine Swift runs on is little
     * end first; padded to the room it was given. */
    unsigned char *bytes = out;
    for (size_t low = 0, high = *count - 1; low < high; low++, high--) {
        unsigned char byte = bytes[low];
        bytes[low] = bytes[high];
        bytes[high] = byte;
    }
    return 1;
}
