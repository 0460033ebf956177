import { describe, expect, it } from 'vitest'
import { amzDate, authorization, sha256Hex } from '../../../gateway/adapters/sigv4.ts'

/* The examples that are published with the specification: the suite's `get-vanilla…`, and those of the S3 manual. */

const SUITE = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
}
const MANUAL = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 's3',
}
const HOST = 'examplebucket.s3.amazonaws.com'
const EMPTY = sha256Hex('')

describe('a request signed by Signature Version 4', () => {
  it('of the test suite', () => {
    const date = amzDate(Date.parse('2015-08-30T12:36:00Z'))
    expect(date).toBe('20150830T123600Z')
    const headers = { host: 'example.amazonaws.com', 'x-amz-date': date }
    const request = { method: 'GET', url: new URL('https://example.amazonaws.com/'), headers, payload: EMPTY }
    expect(authorization(request, SUITE, date)).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
        'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    )
  })

  const date = '20130524T000000Z'
  const examples = [
    [
      'an object is read',
      'GET',
      '/test.txt',
      { range: 'bytes=0-9' },
      '',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'an object is written',
      'PUT',
      '/test%24file.text',
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      'Welcome to Amazon S3.',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    [
      'objects are listed',
      'GET',
      '/?max-keys=2&prefix=J',
      {},
      '',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ] as const

  it.each(examples)('of the manual: %s', (_, method, path, more, body, signature) => {
    const payload = sha256Hex(body)
    const headers = { host: HOST, 'x-amz-content-sha256': payload, 'x-amz-date': date, ...more }
    const request = { method, url: new URL(`https://${HOST}${path}`), headers, payload }
    expect(authorization(request, MANUAL, date)).toMatch(new RegExp(`Signature=${signature}$`))
  })
})
