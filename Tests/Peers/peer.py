"""Answers a JSON list of requests with a list of base64 texts, by the package `cryptography`."""

import base64
import functools
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
WIDTHS = {"ES256": 32, "ES256K": 32, "ES384": 48, "ES512": 66}


def hash_of(algorithm):
    return HASHES[algorithm[2:5]]


def encryption(algorithm):
    if algorithm == "RSA1_5":
        return padding.PKCS1v15()
    hash_used = hashes.SHA256() if algorithm == "RSA-OAEP-256" else hashes.SHA1()
    return padding.OAEP(mgf=padding.MGF1(hash_used), algorithm=hash_used, label=None)


def signature_padding(algorithm):
    if algorithm.startswith("RS"):
        return padding.PKCS1v15()
    hash_used = hash_of(algorithm)
    return padding.PSS(mgf=padding.MGF1(hash_used), salt_length=hash_used.digest_size)


def sign(key, algorithm, digest):
    prehashed = utils.Prehashed(hash_of(algorithm))
    if algorithm not in WIDTHS:
        return key.sign(digest, signature_padding(algorithm), prehashed)
    numbers = utils.decode_dss_signature(key.sign(digest, ec.ECDSA(prehashed)))
    return b"".join(number.to_bytes(WIDTHS[algorithm], "big") for number in numbers)


def verify(key, algorithm, digest, signature):
    try:
        if algorithm == "RSNULL":
            found = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
            return found == digest
        prehashed = utils.Prehashed(hash_of(algorithm))
        if algorithm not in WIDTHS:
            key.verify(signature, digest, signature_padding(algorithm), prehashed)
            return True
        half = len(signature) // 2
        r, s = signature[:half], signature[half:]
        der = utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        key.verify(der, digest, ec.ECDSA(prehashed))
        return True
    except InvalidSignature:
        return False


@functools.cache
def load(pem):
    """Reads a key once: checking the numbers of a private one takes longest of all."""
    if "PRIVATE" in pem:
        return serialization.load_pem_private_key(pem.encode(), password=None)
    return serialization.load_pem_public_key(pem.encode())


def answer(request):
    verb, algorithm, key = request["verb"], request["algorithm"], load(request["key"])
    value = base64.b64decode(request["value"])
    if verb == "encrypt":
        return key.encrypt(value, encryption(algorithm))
    if verb == "decrypt":
        return key.decrypt(value, encryption(algorithm))
    if verb == "sign":
        return sign(key, algorithm, value)
    is_good = verify(key, algorithm, value, base64.b64decode(request["signature"]))
    return b"\x01" if is_good else b"\x00"


answers = [base64.b64encode(answer(request)).decode() for request in json.load(sys.stdin)]
json.dump(answers, sys.stdout)
