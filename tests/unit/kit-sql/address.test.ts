import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { sqlAddress } from '../../../subgraphs/kit/sql/address.ts'

const folder = mkdtempSync(join(tmpdir(), 'gx-address-'))
const authority = join(folder, 'ca.pem')
writeFileSync(authority, 'an authority')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the address of a database', () => {
  test.each([
    ['postgres://r@db/x', 'POSTGRES', 5432],
    ['postgresql://r@db/x', 'POSTGRES', 5432],
    ['mysql://r@db/x', 'MYSQL', 3306],
    ['mariadb://r@db:3307/x', 'MYSQL', 3307],
    ['mssql://r@db/x', 'MSSQL', 1433],
    ['sqlserver://r@db/x', 'MSSQL', 1433],
  ])('%s is of %s, on port %i', (text, server, port) => {
    expect(sqlAddress(text)).toMatchObject({ server, port, host: 'db', user: 'r', database: 'x', tls: null })
  })

  test('may have any sign in its password, and an address of six groups for its host', () => {
    const { user, password, host } = sqlAddress('mysql://le%40ser:p%40s%2Fs%3Aw%23%25@[2001:db8::1]/x')
    expect([user, password, host]).toEqual(['le@ser', 'p@s/s:w#%', '2001:db8::1'])
  })

  test.each([
    ['', null],
    ['?ssl=false', null],
    ['?sslmode=disable', null],
    ['?ssl=true', { rejectUnauthorized: true }],
    ['?sslmode=require', { rejectUnauthorized: true }],
    ['?sslmode=verify-full', { rejectUnauthorized: true }],
    ['?ssl=no-verify', { rejectUnauthorized: false }],
    [`?sslca=${authority}`, { rejectUnauthorized: true, ca: 'an authority' }],
    [`?ssl=true&sslrootcert=${authority}`, { rejectUnauthorized: true, ca: 'an authority' }],
  ])('verifies the server unless it is told not to: %s', (parameters, tls) => {
    expect(sqlAddress(`postgres://r@db/x${parameters}`).tls).toEqual(tls)
  })

  test('has limits, gentle ones where it names none', () => {
    expect(sqlAddress('mysql://r@db/x').limits).toEqual({
      connections: 4,
      statementTimeout: 3000,
      connectTimeout: 2000,
    })
    const { limits } = sqlAddress('mysql://r@db/x?connections=9&statementTimeout=50&connectTimeout=70')
    expect(limits).toEqual({ connections: 9, statementTimeout: 50, connectTimeout: 70 })
  })

  test.each([
    ['no address', 'is no address'],
    [
      'oracle://leser:geheim@db/x',
      'has a scheme that is none of postgres: postgresql: mysql: mariadb: mssql: sqlserver:',
    ],
    ['jdbc:mysql://leser:geheim@db/x', 'has a scheme'],
    ['mysql:///x', 'names no host'],
    ['mysql://leser:geheim%@db/x', 'has a % that is no escape'],
    ['mysql://leser:geheim@db/x?tls=true', 'has a parameter that is none of'],
    ['mysql://leser:geheim@db/x?ssl=perhaps', 'has an ssl that is none of'],
    [`mysql://leser:geheim@db/x?ssl=false&sslca=${authority}`, 'names certificates and turns encryption off'],
    ['mysql://leser:geheim@db/x?sslca=/nonexistent/geheim.pem', 'names a certificate or key that cannot be read'],
    ['postgres://leser:geheim@db/x?encoding=gbk', 'has an encoding, which only MySQL and MariaDB have'],
    ['mysql://leser:geheim@db/x?encoding=geheim', 'has an encoding that is not known'],
    ['mysql://leser:geheim@127.0.0.1/x?ssl=true', 'names its host by number'],
    ['mariadb://leser:geheim@[::1]/x?ssl=true', 'names its host by number'],
    ['mysql://leser:geheim@db/x?connections=0', 'has a connections that is no whole number from 1 to 64'],
    ['mysql://leser:geheim@db/x?statementTimeout=1e3', 'has a statementTimeout that is no whole number'],
  ])('%s is refused with a reason that quotes no password', (text, reason) => {
    const refused = (): unknown => sqlAddress(text)
    expect(refused).toThrow(`The address of a database (databaseUrl) ${reason}`)
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.not.stringContaining('geheim') as unknown,
      }) as Error,
    )
  })
})
