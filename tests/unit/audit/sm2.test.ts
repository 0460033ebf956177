import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { signatureChecker } from '../../../gateway/audit/signature.ts'
import { isSm2Key, sm2Sign, sm2Signer, verifySm2 } from '../../../gateway/audit/sm2.ts'

/** The example of GM/T 0003.5-2012, annex A (GB/T 32918.5-2017), with the signer's ID 1234567812345678. */
const EXAMPLE = {
  d: '3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8',
  x: '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020',
  y: 'CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13',
  k: '59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21',
  r: 'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3',
  s: 'B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA',
  message: Buffer.from('message digest'),
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

/** PKCS #8 (RFC 5958) and SubjectPublicKeyInfo with the SM2 OID around the halves of a key. */
function keyPair(d: string, x: string, y: string): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const point = `04${x}${y}`
  const inner = `308187020100301306072A8648CE3D020106082A811CCF5501822D046D306B0201010420${d}A144034200${point}`
  const privateKey = createPrivateKey({ key: hex(inner), format: 'der', type: 'pkcs8' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

const example = keyPair(EXAMPLE.d, EXAMPLE.x, EXAMPLE.y)
const signature = Buffer.concat([hex(EXAMPLE.r), hex(EXAMPLE.s)])

describe('the example of the standard', () => {
  it('is signed as it stands there', () => {
    expect(Buffer.from(sm2Sign(example.privateKey, EXAMPLE.message, hex(EXAMPLE.k)))).toEqual(signature)
  })

  it('is a good signature', () => {
    expect(verifySm2(example.publicKey, EXAMPLE.message, signature)).toBe(true)
  })

  it('is no good signature with any bit of it or of the message changed', () => {
    for (let bit = 0; bit < 512; bit += 7) {
      const changed = Buffer.from(signature)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(verifySm2(example.publicKey, EXAMPLE.message, changed), `bit ${bit}`).toBe(false)
    }
    expect(verifySm2(example.publicKey, Buffer.from('message digesu'), signature)).toBe(false)
  })
})

describe('a signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' })

  it('of any bytes is good, 64 bytes long, and another one each time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const [one, other] = [sm2Sign(privateKey, bytes), sm2Sign(privateKey, bytes)]
        expect([one.length, verifySm2(publicKey, bytes, one), verifySm2(publicKey, bytes, other)]).toEqual([
          64,
          true,
          true,
        ])
        expect(Buffer.from(one)).not.toEqual(Buffer.from(other))
      }),
      { numRuns: 12, seed: 7 },
    )
  })

  it('by Node itself is plain ECDSA, or SM2 without the ID, and is refused', () => {
    const bytes = Buffer.from('gongxiang audit v2\n')
    const read = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    for (const key of [privateKey, read]) {
      const der = sign('sm3', bytes, key)
      expect(verify('sm3', bytes, createPublicKey(key), der)).toBe(true)
      expect(verifySm2(publicKey, bytes, rawOf(der))).toBe(false)
      expect(verify('sm3', bytes, createPublicKey(key), derOf(Buffer.from(sm2Sign(key, bytes))))).toBe(false)
    }
  })

  it('is the same whether Node made the key or read it', () => {
    const read = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const publicRead = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))
    const bytes = Buffer.from('any')
    const nonce = Buffer.alloc(32, 3)
    expect(sm2Sign(read, bytes, nonce)).toEqual(sm2Sign(privateKey, bytes, nonce))
    expect([isSm2Key(read), isSm2Key(publicRead)]).toEqual([true, true])
    expect(verifySm2(publicRead, bytes, sm2Sign(privateKey, bytes))).toBe(true)
  })

  it('with a half out of range, of another length or by another key is refused and never thrown at', () => {
    const bytes = Buffer.from('any')
    const good = Buffer.from(sm2Sign(privateKey, bytes))
    const order = hex('FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123')
    const zero = Buffer.alloc(32)
    const bad = [
      Buffer.alloc(0),
      Buffer.alloc(64),
      good.subarray(0, 63),
      Buffer.concat([good, Buffer.alloc(1)]),
      Buffer.concat([zero, good.subarray(32)]),
      Buffer.concat([good.subarray(0, 32), zero]),
      Buffer.concat([order, good.subarray(32)]),
      Buffer.concat([good.subarray(0, 32), order]),
      Buffer.alloc(64, 0xff),
    ]
    for (const one of bad) expect(verifySm2(publicKey, bytes, one)).toBe(false)
    expect(verifySm2(example.publicKey, bytes, good)).toBe(false)
    const others = [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-256' })]
    for (const other of others) {
      expect(isSm2Key(other.publicKey)).toBe(false)
      expect(verifySm2(other.publicKey, bytes, good)).toBe(false)
      expect(() => sm2Sign(other.privateKey, bytes)).toThrow(TypeError)
    }
  })
})

describe('a reader of the audit log', () => {
  it('checks by SM2 keys and Ed25519 keys alike, each signature by its own', () => {
    const [national, international] = [generateKeyPairSync('ec', { namedCurve: 'SM2' }), generateKeyPairSync('ed25519')]
    const check = signatureChecker([international.publicKey, national.publicKey])
    const signer = sm2Signer(national.privateKey, national.publicKey)
    const bytes = Buffer.from('a line')
    const good = signer.sign(bytes)
    expect(check(signer.keyId, bytes, good)).toBe('good')
    expect(check(signer.keyId, Buffer.from('another'), good)).toBe('bad')
    expect(check(signer.keyId, bytes, sign(null, bytes, international.privateKey))).toBe('bad')
    expect(signatureChecker([international.publicKey])(signer.keyId, bytes, good)).toBe('unknown-key')
  })
})

const openssl = ((): boolean => {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }))
  } catch {
    return false
  }
})()

describe.runIf(openssl)('OpenSSL, which knows SM2 by itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gongxiang-sm2-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const at = (name: string): string => join(folder, name)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' })
  writeFileSync(at('private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(at('public.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
  const message = Buffer.from('anchored elsewhere')
  writeFileSync(at('message'), message)
  const ID = ['-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678']

  it('takes our signatures', () => {
    writeFileSync(at('signature'), derOf(Buffer.from(sm2Sign(privateKey, message))))
    const told = execFileSync(
      'openssl',
      [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        at('public.pem'),
        '-in',
        at('message'),
        '-sigfile',
        at('signature'),
        ...ID,
      ],
      { encoding: 'utf8' },
    )
    expect(told).toContain('Signature Verified Successfully')
  })

  it('makes signatures that we take', () => {
    const der = execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', at('private.pem'), '-in', at('message'), ...ID])
    expect(verifySm2(publicKey, message, rawOf(der))).toBe(true)
  })
})

/** SEQUENCE of two INTEGERs, as OpenSSL writes a signature. */
function derOf(raw: Buffer): Buffer {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const bare = half.subarray(half.findIndex((byte) => byte !== 0))
    const bytes = (bare[0] ?? 0) < 0x80 ? bare : Buffer.concat([Buffer.alloc(1), bare])
    return Buffer.concat([Buffer.from([2, bytes.length]), bytes])
  })
  const body = Buffer.concat(integers)
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

function rawOf(der: Buffer): Buffer {
  const first = der.readUInt8(3)
  const second = der.readUInt8(5 + first)
  const [r, s] = [der.subarray(4, 4 + first), der.subarray(6 + first, 6 + first + second)]
  const half = (bytes: Buffer): Buffer => Buffer.concat([Buffer.alloc(32), bytes]).subarray(-32)
  return Buffer.concat([half(r), half(s)])
}
