import { describe, expect, test } from 'vitest'
import {
  DepartmentFault,
  isOutage,
  isPassing,
  networkFault,
  statusFault,
} from '../../../gateway/adapters/department-fault.ts'
import { describeError } from '../../../gateway/observe/describe-error.ts'

function coded(code: string): Error {
  return Object.assign(new Error('connect 10.1.2.3'), { code })
}

/** Kind, whether it may be tried again, whether it counts against the department. */
function judged(fault: DepartmentFault): readonly unknown[] {
  return [fault.kind, isPassing(fault), isOutage(fault)]
}

describe('how a call failed', () => {
  test.each<[string, boolean, readonly unknown[]]>([
    ['ECONNREFUSED', false, ['unanswered', true, true]],
    ['ECONNRESET', false, ['unanswered', true, true]],
    ['EPIPE', false, ['unanswered', true, true]],
    ['EAI_AGAIN', false, ['unanswered', true, true]],
    ['UND_ERR_SOCKET', false, ['unanswered', true, true]],
    ['ECONNRESET', true, ['broken-off', false, true]],
    ['UND_ERR_SOCKET', true, ['broken-off', false, true]],
    ['HPE_INVALID_CONSTANT', true, ['broken-off', false, true]],
    ['ETIMEDOUT', false, ['late', false, true]],
    ['UND_ERR_CONNECT_TIMEOUT', false, ['late', false, true]],
    ['UND_ERR_HEADERS_TIMEOUT', false, ['late', false, true]],
    ['UND_ERR_BODY_TIMEOUT', true, ['late', false, true]],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', true, ['too-large', false, false]],
    ['ENOTFOUND', false, ['failing', false, true]],
    ['CERT_HAS_EXPIRED', false, ['failing', false, true]],
  ])('%s, begun: %s', (code, begun, expected) => {
    expect(judged(networkFault(coded(code), begun))).toEqual(expected)
  })

  test.each<[number, boolean, readonly unknown[]]>([
    [502, false, ['unready', true, true]],
    [503, false, ['unready', true, true]],
    [504, false, ['unready', true, true]],
    [503, true, ['failing', false, true]],
    [500, false, ['failing', false, true]],
    [501, false, ['failing', false, true]],
    [505, false, ['failing', false, true]],
    [429, false, ['failing', false, true]],
    [408, false, ['failing', false, true]],
    [400, false, ['refused', false, false]],
    [401, false, ['refused', false, false]],
    [413, false, ['refused', false, false]],
    [302, false, ['refused', false, false]],
    [204, false, ['refused', false, false]],
  ])('%i, says when to come again: %s', (status, waits, expected) => {
    expect(judged(statusFault(status, waits))).toEqual(expected)
  })

  test('what is no fault of ours counts against the department, and is not tried again', () => {
    expect([isOutage(new Error('x')), isPassing(new Error('x'))]).toEqual([true, false])
    expect([isOutage('x'), isPassing('x')]).toEqual([true, false])
  })

  test('a call that was not made tells nothing of the department', () => {
    expect(isOutage(new DepartmentFault('not-asked', 'CIRCUIT_OPEN'))).toBe(false)
  })

  test('the log names it by its code, and by nothing of what the network said', () => {
    const told = describeError(networkFault(coded('ECONNREFUSED'), false))
    expect(told).toMatchObject({ name: 'DepartmentFault', code: 'ECONNREFUSED', cause: { code: 'ECONNREFUSED' } })
    expect(JSON.stringify(told)).not.toContain('10.1.2.3')
    expect(describeError(statusFault(503, false)).code).toBe('STATUS_503')
    expect(describeError(networkFault('x', false)).code).toBe('UNKNOWN')
  })
})
