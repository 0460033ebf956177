import type { Readable } from 'node:stream'
import { SaxesParser } from 'saxes'
import type { SaxesTagPlain } from 'saxes'
import { DropRefused } from '../drop/problem.ts'
import { notZip } from './parts.ts'

/** Characters without any tag at most: a cell of Excel holds 32,767. */
const LONGEST_TEXT = 1_000_000

/** Told what stands in a part, in its order; names without prefix. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  close?(name: string): void
  text?(text: string): void
}

/**
 * Reads a part as XML, and gives way after each chunk of it. No document type is allowed: it could name other files and
 * blow up entities. Throws `DropRefused`.
 */
export async function* readXml(stream: Readable, handler: XmlHandler): AsyncGenerator<void, void, undefined> {
  const parser = new SaxesParser({ xmlns: false })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  parser.on('opentag', (tag: SaxesTagPlain) => handler.open(local(tag.name), tag.attributes))
  parser.on('closetag', (tag: SaxesTagPlain) => handler.close?.(local(tag.name)))
  parser.on('text', (text) => handler.text?.(text))
  parser.on('cdata', (text) => handler.text?.(text))
  parser.on('doctype', () => {
    throw new DropRefused('NOT_XLSX')
  })
  // Without a listener the parser throws by itself, with a piece of the text in its message.
  parser.on('error', () => {
    throw new DropRefused('NOT_XLSX')
  })
  let untagged = 0
  try {
    const bytes: AsyncIterable<Uint8Array> = stream
    for await (const chunk of bytes) {
      const text = decoder.decode(chunk, { stream: true })
      const tag = text.lastIndexOf('<')
      untagged = tag === -1 ? untagged + text.length : text.length - tag
      if (untagged > LONGEST_TEXT) throw new DropRefused('TOO_LARGE')
      parser.write(text)
      yield
    }
    parser.close()
  } catch (error) {
    throw notZip(error)
  } finally {
    stream.destroy()
  }
}

/** Reads a small part to its end. */
export async function readWholeXml(stream: Readable, handler: XmlHandler): Promise<void> {
  for await (const _ of readXml(stream, handler)) continue
}

function local(name: string): string {
  const at = name.indexOf(':')
  return at === -1 ? name : name.slice(at + 1)
}
