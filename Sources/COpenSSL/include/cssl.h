/* libcrypto behind plain C: no OpenSSL type leaves this target.
 *
 * Functions that return int answer 1 for success, 0 for "the input was rejected" and -1 for a
 * failure of the library; cssl_last_error tells the reason of the last two. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Takes the oldest reason off the thread's error queue and empties it; NULL when there is none.
 * The text is static and holds no data of the caller. */
const char *_Nullable cssl_last_error(void);

const char *_Nonnull cssl_version(void);
int cssl_random(void *_Nullable out, size_t count);
void cssl_cleanse(void *_Nullable bytes, size_t count);
int cssl_equal(const void *_Nullable a, const void *_Nullable b, size_t count);
/* `name` is the library's for a hash, and `room` what that hash fills. */
int cssl_hash(const char *_Nonnull name, const void *_Nullable bytes, size_t count,
              void *_Nullable out, size_t room);

/* HMAC-SHA-256 and AES-GCM on contexts that are made once and reused. */
typedef struct cssl_hmac cssl_hmac;
cssl_hmac *_Nullable cssl_hmac_new(void);
void cssl_hmac_free(cssl_hmac *_Nullable hmac);
/* The message comes in two parts, so that a label need not be appended by copying. */
int cssl_hmac_sha256(cssl_hmac *_Nonnull hmac, const void *_Nullable key, size_t key_count,
                     const void *_Nullable first, size_t first_count,
                     const void *_Nullable second, size_t second_count, void *_Nullable out32);

typedef struct cssl_gcm cssl_gcm;
cssl_gcm *_Nullable cssl_gcm_new(void);
void cssl_gcm_free(cssl_gcm *_Nullable gcm);
/* Writes count + 16 bytes: ciphertext, tag. The nonce is 12 bytes; the key 16, 24 or 32. */
int cssl_gcm_seal(cssl_gcm *_Nonnull gcm, const void *_Nullable key, size_t key_count,
                  const void *_Nullable nonce12, const void *_Nullable aad, size_t aad_count,
                  const void *_Nullable plain, size_t count, void *_Nullable out);
/* Reads count + 16 bytes and writes count; on rejection what was written is wiped. */
int cssl_gcm_open(cssl_gcm *_Nonnull gcm, const void *_Nullable key, size_t key_count,
                  const void *_Nullable nonce12, const void *_Nullable aad, size_t aad_count,
                  const void *_Nullable sealed, size_t count, void *_Nullable out);

/* AES-CBC on whole blocks, unpadded; the key is 16, 24 or 32 bytes, count a multiple of 16. */
int cssl_cbc(int encrypts, const void *_Nullable key, size_t key_count,
             const void *_Nullable iv16, const void *_Nullable in, size_t count,
             void *_Nullable out);

/* Poly1305: a key authenticates one message only. */
int cssl_poly1305(const void *_Nullable key32, const void *_Nullable bytes, size_t count,
                  void *_Nullable out16);

/* A private or public key, RSA or EC. Once made it is only read, so threads may share it. */
typedef struct cssl_key cssl_key;
void cssl_key_free(cssl_key *_Nullable key);
cssl_key *_Nullable cssl_rsa_generate(int bits);
/* `group` is the library's name of a curve. */
cssl_key *_Nullable cssl_ec_generate(const char *_Nonnull group);
/* PKCS#8, PKCS#1 or SEC 1, not encrypted; the result is checked. */
cssl_key *_Nullable cssl_key_from_pem(const void *_Nullable pem, size_t count);
/* PKCS#8, PKCS#1 or SEC 1; not checked, for what was checked before it was written. */
cssl_key *_Nullable cssl_key_from_der(const void *_Nullable der, size_t count);
/* Big-endian numbers in the order n, e, d, p, q, dp, dq, qi, checked; or n and e alone. */
cssl_key *_Nullable cssl_rsa_from_numbers(const void *_Nullable const *_Nullable numbers,
                                          const size_t *_Nullable counts, int how_many);
/* A point as SEC 1 writes it, compressed or not, and its private number, NULL for the public
 * half; the result is checked. */
cssl_key *_Nullable cssl_ec_from_numbers(const char *_Nonnull group, const void *_Nullable point,
                                         size_t point_count, const void *_Nullable d,
                                         size_t d_count);

/* 1 when the key is of a type, "RSA" or "EC"; else 0. */
int cssl_key_is_a(const cssl_key *_Nonnull key, const char *_Nonnull type);
int cssl_key_bits(const cssl_key *_Nonnull key);
/* The library's name of the key's curve; fails for a curve without one. */
int cssl_ec_group(const cssl_key *_Nonnull key, char *_Nonnull out, size_t room);
/* Write PKCS#8 and SubjectPublicKeyInfo in DER; *count holds the room and then what was written.
 * With a NULL `out` they only tell the room needed. */
int cssl_key_pkcs8(const cssl_key *_Nonnull key, void *_Nullable out, size_t *_Nonnull count);
int cssl_key_public_der(const cssl_key *_Nonnull key, void *_Nullable out, size_t *_Nonnull count);
/* Writes a number of a key big-endian, padded to exactly *count bytes. With a NULL `out` only
 * tells the room it needs. */
enum {
    CSSL_RSA_N, CSSL_RSA_E, CSSL_RSA_D, CSSL_RSA_P, CSSL_RSA_Q, CSSL_RSA_DP, CSSL_RSA_DQ,
    CSSL_RSA_QI, CSSL_RSA_THIRD_PRIME, CSSL_EC_X, CSSL_EC_Y, CSSL_EC_D
};
int cssl_key_number(const cssl_key *_Nonnull key, int which, void *_Nullable out,
                    size_t *_Nonnull count);

/* What is done with a key again and again, set up once; for one caller at a time. `hash` is the
 * hash of OAEP and its MGF1, or the one that made the digest; NULL for PKCS#1 v1.5 without one.
 * CSSL_NONE is for EC, whose signatures are DER. */
enum { CSSL_ENCRYPT, CSSL_DECRYPT, CSSL_SIGN, CSSL_VERIFY };
enum { CSSL_NONE, CSSL_PKCS1, CSSL_OAEP, CSSL_PSS };
typedef struct cssl_operation cssl_operation;
cssl_operation *_Nullable cssl_operation_new(const cssl_key *_Nonnull key, int verb, int padding,
                                             const char *_Nullable hash);
void cssl_operation_free(cssl_operation *_Nullable operation);
int cssl_encrypt(cssl_operation *_Nonnull operation, const void *_Nullable in, size_t in_count,
                 void *_Nullable out, size_t *_Nonnull out_count);
int cssl_decrypt(cssl_operation *_Nonnull operation, const void *_Nullable in, size_t in_count,
                 void *_Nullable out, size_t *_Nonnull out_count);
int cssl_sign(cssl_operation *_Nonnull operation, const void *_Nullable digest,
              size_t digest_count, void *_Nullable out, size_t *_Nonnull out_count);
int cssl_verify(cssl_operation *_Nonnull operation, const void *_Nullable digest,
                size_t digest_count, const void *_Nullable signature, size_t signature_count);
/* An ECDSA signature from DER to r and s of `width` bytes each, and back. */
int cssl_ecdsa_to_raw(const void *_Nullable der, size_t der_count, void *_Nullable out,
                      size_t width);
int cssl_ecdsa_from_raw(const void *_Nullable raw, size_t width, void *_Nullable out,
                        size_t *_Nonnull count);
