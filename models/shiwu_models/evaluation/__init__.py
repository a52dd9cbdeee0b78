"""How often is the model right, and how sure should it be?"""
