"""Answering sentences, verdict, confidence, out-of-domain comparison."""
