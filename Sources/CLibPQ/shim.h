#pragma once
#include <libpq-fe.h>

/* The fields of an error, whose names are characters, which Swift can't import. */
static inline const char *clibpq_severity(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED); }
static inline const char *clibpq_sqlstate(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SQLSTATE); }
static inline const char *clibpq_message(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY); }
static inline const char *clibpq_function(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION); }
static inline const char *clibpq_schema(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SCHEMA_NAME); }
static inline const char *clibpq_table(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_TABLE_NAME); }
static inline const char *clibpq_column(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_COLUMN_NAME); }
static inline const char *clibpq_constraint(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME); }
