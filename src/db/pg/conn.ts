/** What a reader and a unit of work see of PostgreSQL. The twin of sqlite/unit.ts. */
import { is, SQL } from 'drizzle-orm'
import {
  type Args,
  type Builder,
  type Changes,
  type Conn,
  placeholder,
  type RawSql,
  type Stmt,
  type Tx,
} from '../conn.ts'
import { DatabaseBusy, UnitOver } from '../errors.ts'
import { makePlan, type Plan, plainValue } from '../plan.ts'
import { pgTables } from '../schema/index.ts'
import type { PgClient } from './client.ts'
import { fromPostgres } from './errors.ts'
import type { Link, PgLinks } from './links.ts'
import { BuiltPg, pgBuilder, pgDialect, type PgRunner } from './session.ts'

type Params = Record<string, unknown> | undefined
type Bound = Parameters<PgClient['unsafe']>[1]

/** Builds statements once for a pool; postgres.js prepares each SQL text once on each of its connections. */
export class PgPlans {
  readonly #byStatement: Plan[] = []
  readonly #builder = pgBuilder({
    all: () => Promise.reject(new TypeError('A statement only builds; it runs on a connection.')),
    run: () => Promise.reject(new TypeError('A statement only builds; it runs on a connection.')),
  })

  of<R, P>(statement: Stmt<R, P>): Plan {
    return (this.#byStatement[statement.id] ??= planOf(
      statement.build(this.#builder, pgTables, placeholder, 'pg'),
      statement.name,
    ))
  }
}

function planOf(query: unknown, name = 'unnamed'): Plan {
  if (is(query, SQL)) return makePlan(pgDialect.sqlToQuery(query))
  const built = (query as { prepare(name: string): unknown }).prepare(name)
  if (built instanceof BuiltPg) return built.plan()
  throw new TypeError('A statement must return a query of the builder it was given, or raw SQL.')
}

abstract class PgConn implements Conn {
  readonly dialect = 'pg'
  readonly tables = pgTables
  readonly #plans: PgPlans
  #builder: Builder | undefined

  constructor(plans: PgPlans) {
    this.#plans = plans
  }

  /** Runs a statement, unless nothing may run any more. */
  protected abstract guard<T>(run: (target: PgClient) => Promise<T>): Promise<T>
  protected abstract guardWrite<T>(run: (target: PgClient) => Promise<T>): Promise<T>

  async all<R, P>(statement: Stmt<R, P>, ...[params]: Args<P>): Promise<R[]> {
    return (await this.#rows(this.#plans.of(statement), params as Params)) as R[]
  }

  async get<R, P>(statement: Stmt<R, P>, ...[params]: Args<P>): Promise<R | null> {
    const [row] = await this.#rows(this.#plans.of(statement), params as Params)
    return (row as R | undefined) ?? null
  }

  async run<R, P>(statement: Stmt<R, P>, ...[params]: Args<P>): Promise<Changes> {
    return this.#change(this.#plans.of(statement), params as Params)
  }

  get db(): Builder {
    const runner: PgRunner = {
      all: (plan, params) => this.#rows(plan, params),
      run: (plan, params) => this.#change(plan, params),
    }
    this.#builder ??= pgBuilder(runner)
    return this.#builder
  }

  get sql(): RawSql {
    return {
      all: async <T>(query: SQL) => (await this.#rows(planOf(query), undefined)) as T[],
      get: async <T>(query: SQL) =>
        ((await this.#rows(planOf(query), undefined))[0] as T | undefined) ?? null,
      run: (query) => this.#change(planOf(query), undefined),
    }
  }

  #rows(plan: Plan, params: Params): Promise<unknown[]> {
    return this.guard(async (target) => {
      const query = target.unsafe(plan.sql, plan.bind(params) as Bound, { prepare: true })
      if (plan.mapped) return (await query.values()).map((row) => plan.map(row as unknown[]))
      return (await query).map(plainRow)
    })
  }

  #change(plan: Plan, params: Params): Promise<Changes> {
    return this.guardWrite(async (target) => {
      const result = await target.unsafe(plan.sql, plan.bind(params) as Bound, { prepare: true })
      return { changes: result.count ?? 0 }
    })
  }
}

function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const name in row) out[name] = plainValue(row[name])
  return out
}

/** Reads of what is committed, each on whichever connection has the least to do. */
export class PgReader extends PgConn {
  readonly #links: PgLinks

  constructor(plans: PgPlans, links: PgLinks) {
    super(plans)
    this.#links = links
  }

  protected override async guard<T>(run: (target: PgClient) => Promise<T>): Promise<T> {
    const link = this.#links.shared()
    try {
      return await run(link.client)
    } catch (error) {
      throw fromPostgres(error)
    } finally {
      this.#links.release(link)
    }
  }

  protected override guardWrite<T>(): Promise<T> {
    return Promise.reject(new TypeError('Only a unit of work writes: use Database.tx.'))
  }
}

/** One transaction; database.ts begins and ends it. */
export class PgUnit extends PgConn implements Tx {
  readonly #link: Link
  readonly #after: (() => void)[] = []
  #open = true
  #failure: { error: unknown } | null = null
  #depth = 0

  constructor(plans: PgPlans, link: Link) {
    super(plans)
    this.#link = link
  }

  /** False from its end on; a unit begun within it is refused while it is true. */
  get open(): boolean {
    return this.#open
  }

  afterCommit(run: () => void): void {
    this.#after.push(run)
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `inner_${++this.#depth}`
    const callbacks = this.#after.length
    await this.#plain(`SAVEPOINT ${name}`)
    try {
      const result = await work()
      if (this.#failure) throw this.#failure.error
      await this.#plain(`RELEASE ${name}`)
      return result
    } catch (error) {
      // With the connection, everything is gone: then the unit stays failed.
      if (!this.#link.alive) throw error
      this.#failure = null
      await this.#plain(`ROLLBACK TO ${name}`)
      await this.#plain(`RELEASE ${name}`)
      this.#after.length = callbacks
      throw error
    } finally {
      this.#depth--
    }
  }

  /** Ends it. Throws the failure of a statement that `work` swallowed; else hands out its callbacks. */
  finish(): readonly (() => void)[] {
    this.#open = false
    if (this.#failure) throw this.#failure.error
    return this.#after
  }

  abandon(): void {
    this.#open = false
  }

  protected override async guard<T>(run: (target: PgClient) => Promise<T>): Promise<T> {
    if (!this.#open) throw new UnitOver('This unit of work is over; a call in it was not awaited.')
    if (this.#failure)
      throw new UnitOver('A statement of this unit of work failed before.', { cause: this.#failure.error })
    // On a lost connection postgres.js would make a new one and run the statement there, outside of any transaction.
    if (!this.#link.alive) throw connectionLost()
    try {
      return await run(this.#link.client)
    } catch (error) {
      const mapped = fromPostgres(error)
      this.#failure = { error: mapped }
      throw mapped
    }
  }

  protected override guardWrite<T>(run: (target: PgClient) => Promise<T>): Promise<T> {
    return this.guard(run)
  }

  async #plain(statement: string): Promise<void> {
    await this.guard(async (target) => void (await target.unsafe(statement)))
  }
}

export function connectionLost(): DatabaseBusy {
  return new DatabaseBusy('The connection to the database was lost.', null)
}
