"""The commands of ``zhangju``."""
