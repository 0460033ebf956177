import type { Command } from 'commander'

/** One command or group of commands; its module is loaded only when it is asked for, so that --help stays quick. */
export interface CommandEntry {
  readonly name: string
  readonly description: string
  register(program: Command): Promise<void>
}

/** In the order of --help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    description: 'Start the gateway (启动网关)',
    register: async (program) => (await import('./start.ts')).register(program),
  },
  {
    name: 'compose',
    description: 'Compose supergraph and catalogue from the departments (合成总图与目录)',
    register: async (program) => (await import('./compose.ts')).register(program),
  },
  {
    name: 'subgraph',
    description: "Serve one department's subgraph (单独运行部门子图)",
    register: async (program) => (await import('./subgraph-serve.ts')).register(program),
  },
  {
    name: 'token',
    description: 'Make a development token (签发开发用令牌)',
    register: async (program) => (await import('./token.ts')).register(program),
  },
  {
    name: 'grant',
    description: 'List and revoke grants (查看、撤销授权)',
    register: async (program) => (await import('./grant.ts')).register(program),
  },
  {
    name: 'emergency',
    description: 'Declare, approve, end and review emergencies (紧急情况)',
    register: async (program) => (await import('./emergency.ts')).register(program),
  },
  {
    name: 'operation',
    description: 'List and check registered operations (查看、检查登记的查询)',
    register: async (program) => (await import('./operation.ts')).register(program),
  },
  {
    name: 'officer',
    description: 'List, suspend and restore officers (查看、暂停、恢复人员)',
    register: async (program) => (await import('./officer.ts')).register(program),
  },
  {
    name: 'explain',
    description: 'Explain a document field by field, without data (逐项解释查询)',
    register: async (program) => (await import('./explain.ts')).register(program),
  },
  {
    name: 'audit',
    description: 'Prove, search and export the audit record (核验、检索、导出审计记录)',
    async register(program) {
      const { register } = await import('./audit-verify.ts')
      const { auditDefaults } = await import('./audit-defaults.ts')
      register(program, () => auditDefaults(program))
      const { registerTools } = await import('./audit-tools.ts')
      registerTools(program)
      const { registerUnlock } = await import('./audit-unlock.ts')
      registerUnlock(program)
      const { registerRetire } = await import('./audit-retire.ts')
      registerRetire(program)
    },
  },
  {
    name: 'report',
    description: 'Reports on the use of data: citizen, provider, consumer, yearly (数据使用报告)',
    register: async (program) => (await import('./report.ts')).register(program),
  },
  {
    name: 'index',
    description: 'Follow and rebuild the index of the audit record (审计索引)',
    register: async (program) => (await import('./index.ts')).register(program),
  },
  {
    name: 'alarm',
    description: 'Look at alarms and decide on them (查看、处置预警)',
    register: async (program) => (await import('./alarm.ts')).register(program),
  },
  {
    name: 'watch',
    description: 'Planted records, and officers with their relatives (重点监测对象)',
    register: async (program) => (await import('./alarm-watched.ts')).register(program),
  },
  {
    name: 'receipt',
    description: 'Check receipts of verification (查验核验回执)',
    register: async (program) => (await import('./receipt.ts')).register(program),
  },
  {
    name: 'backup',
    description: 'Back up the audit record, the state and the keys (备份)',
    register: async (program) => (await import('./backup.ts')).register(program),
  },
  {
    name: 'restore',
    description: 'Restore a backup into a new folder, and prove it (恢复)',
    register: async (program) => (await import('./restore.ts')).register(program),
  },
  {
    name: 'keys',
    description: 'Make, rotate and publish keys (生成、轮换密钥)',
    register: async (program) => (await import('./keys.ts')).register(program),
  },
  {
    name: 'cache',
    description: 'Invalidate what is kept of answers (使缓存失效)',
    register: async (program) => (await import('./cache.ts')).register(program),
  },
  {
    name: 'regime',
    description: 'Show and compare sharing regimes (查看、对比共享制度)',
    register: async (program) => (await import('./regime.ts')).register(program),
  },
  {
    name: 'config',
    description: 'Print or check the configuration (查看、检查配置)',
    register: async (program) => (await import('./config.ts')).register(program),
  },
  {
    name: 'city',
    description: 'Stream a synthetic city into database servers (向数据库灌入虚构城市)',
    register: async (program) => (await import('./city.ts')).register(program),
  },
  {
    name: 'doctor',
    description: 'Check this machine and what the gateway needs (体检)',
    register: async (program) => (await import('./doctor.ts')).register(program),
  },
]
