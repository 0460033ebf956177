import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server'

/** What Apollo Server asks of a gateway: load, tell of new schemas, stop. */
export type GatewayInterface = ApolloServerOptionsWithGateway<BaseContext>['gateway']

/** Called with each schema that is taken into service. */
export type SchemaListener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0]

/** Answers validated operations. */
export type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>
