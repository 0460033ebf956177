#!/usr/bin/env node
// Checks a proof that one audit record stands in the gateway's log: node verify.mjs <proof.json> <public-key.pem>
// Needs nothing but Node and the gateway's Ed25519 public keys, of which the file may hold several; trusts neither the log nor whoever made the proof.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [proofFile, keyFile] = process.argv.slice(2)
if (!proofFile || !keyFile) fail('usage: node verify.mjs <proof.json> <public-key.pem>')
const proof = JSON.parse(readFileSync(proofFile, 'utf8'))
const blocks = readFileSync(keyFile, 'utf8').match(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g) ?? []
const publicKeys = blocks.map((pem) => createPublicKey(pem)).filter((key) => key.asymmetricKeyType === 'ed25519')
if (publicKeys.length === 0) fail(`${keyFile} holds no Ed25519 public key`)

// 1. The checkpoint is a signed note (c2sp.org/signed-note): text, an empty line, "— <name> <base64 of id and signature>".
const end = proof.checkpoint.lastIndexOf('\n\n')
const text = proof.checkpoint.slice(0, end + 1)
const [origin, size, root] = text.split('\n')
const signed = proof.checkpoint
  .slice(end + 2)
  .split('\n')
  .some((line) => {
    const [dash, name, base64] = line.split(' ')
    if (dash !== '—' || name !== origin) return false
    const bytes = Buffer.from(base64, 'base64')
    return publicKeys.some((key) => bytes.subarray(0, 4).equals(keyId(key)) && isSigned(key, bytes.subarray(4)))
  })
if (!signed) fail('the checkpoint is not signed by this key')
if (Number(size) !== proof.size) fail('the proof is for another checkpoint')

// 2. The record's own hash, over the hash before it and its line without `hash`; and its number is its place in the tree.
const record = JSON.parse(proof.record)
const body = proof.record.slice(0, proof.record.lastIndexOf(',"hash":'))
if (sha(digestAt(proof.index), `${record.prev}${body}}`).toString('hex') !== record.hash) fail('the record was changed')
if (record.seq !== proof.index + 1 || record.chain !== proof.chain) fail('the record is another one')

// 3. From the record's leaf up to the root of the checkpoint (RFC 6962, 2.1.1).
const hashes = proof.hashes.map((hash) => Buffer.from(hash, 'base64'))
const leaf = sha(digestAt(proof.index), Buffer.from([0]), proof.record)
if (climb(0, proof.size).toString('base64') !== root || hashes.length > 0) fail('the record is not in this log')
const { seq, receipt, time } = record
process.stdout.write(`Record ${seq} (receipt ${receipt}, ${time}) stands in the log ${origin} of ${size} records.\n`)

/** How a note names a key: by the hash of the log's name and its bytes. */
function keyId(key) {
  const raw = key.export({ type: 'spki', format: 'der' }).subarray(-32)
  return sha('sha256', `${origin}\n`, Buffer.from([1]), raw).subarray(0, 4)
}

function isSigned(key, signature) {
  return verify(null, Buffer.from(text), key, signature)
}

/** The hash over the leaves from `from` up to `to`, one of which is the record's. */
function climb(from, to) {
  if (to - from === 1) return leaf
  let half = 1
  while (half * 2 < to - from) half *= 2
  const beside = hashes.pop() ?? fail('the proof is too short')
  const middle = from + half
  const [left, right] = proof.index < middle ? [climb(from, middle), beside] : [beside, climb(middle, to)]
  return sha(digestAt(to - 1), Buffer.from([1]), left, right)
}

/** A log may have gone over to another digest: a hash is made with that of the last record under it. */
function digestAt(index) {
  const { digest } = proof.digests.findLast(({ from }) => from <= index + 1)
  return { 'SHA-256': 'sha256', SM3: 'sm3' }[digest] ?? fail(`no digest ${digest}`)
}

function sha(algorithm, ...parts) {
  const hash = createHash(algorithm)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function fail(reason) {
  process.stderr.write(`Not proved: ${reason}.\n`)
  process.exit(1)
}
