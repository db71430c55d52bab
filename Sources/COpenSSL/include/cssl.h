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
int cssl_sha256(const void *_Nullable bytes, size_t count, void *_Nullable out32);

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

/* RSA private keys. */
typedef struct cssl_rsa cssl_rsa;
enum { CSSL_OAEP_SHA256 = 1, CSSL_OAEP_SHA1 = 2, CSSL_PKCS1 = 3 };
cssl_rsa *_Nullable cssl_rsa_generate(int bits);
cssl_rsa *_Nullable cssl_rsa_from_pem(const void *_Nullable pem, size_t count);
cssl_rsa *_Nullable cssl_rsa_from_der(const void *_Nullable der, size_t count);
/* Big-endian numbers in the order n, e, d, p, q, dp, dq, qi; the result is checked. */
cssl_rsa *_Nullable cssl_rsa_from_numbers(const void *_Nullable const *_Nullable numbers,
                                          const size_t *_Nullable counts);
void cssl_rsa_free(cssl_rsa *_Nullable rsa);
int cssl_rsa_bits(const cssl_rsa *_Nonnull rsa);
/* Writes the PKCS#8 DER form; *count holds the room and then what was written. With a NULL
 * `out` only tells the room needed. */
int cssl_rsa_pkcs8(const cssl_rsa *_Nonnull rsa, void *_Nullable out, size_t *_Nonnull count);
/* Writes n (private_part 0) or e (1), big-endian, likewise. */
int cssl_rsa_number(const cssl_rsa *_Nonnull rsa, int which, void *_Nullable out,
                    size_t *_Nonnull count);
int cssl_rsa_encrypt(const cssl_rsa *_Nonnull rsa, int padding, const void *_Nullable in,
                     size_t in_count, void *_Nullable out, size_t *_Nonnull out_count);
int cssl_rsa_decrypt(const cssl_rsa *_Nonnull rsa, int padding, const void *_Nullable in,
                     size_t in_count, void *_Nullable out, size_t *_Nonnull out_count);
