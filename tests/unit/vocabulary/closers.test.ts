import { describe, expect, test } from 'vitest'
import { createClosers } from '../../../gateway/vocabulary/closers.ts'

describe('closers', () => {
  test('close in the reverse order, once', async () => {
    const seen: string[] = []
    const closers = createClosers()
    closers.add(() => seen.push('first'))
    closers.add(async () => void seen.push('second'))
    await Promise.all([closers.closeAll(), closers.closeAll()])
    expect(seen).toEqual(['second', 'first'])
  })

  test('close all, whatever fails on the way, and tell the first fault', async () => {
    const seen: string[] = []
    const closers = createClosers()
    closers.add(() => seen.push('audit'))
    closers.add(() => Promise.reject(new Error('later')))
    closers.add(() => {
      throw new Error('earlier')
    })
    await expect(closers.closeAll()).rejects.toThrow('earlier')
    expect(seen).toEqual(['audit'])
  })
})
