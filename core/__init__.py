"""The instrumented engine: cells as text, unrolled in time, differentiated, with everything kept."""

ENGINE = "1.0.0"
